import { z } from "zod";

/** What every requirement may say besides its check. */
const common = {
  /** What it is called in receipts and results; the check's own name unless given. */
  name: z.string().min(1).max(80).optional(),
  /** What a link is told when its answer fails, in place of the check's own words. */
  repair: z.string().min(1).max(4_000).optional(),
};

/** A length in words or in characters; one of them, or both. */
const length = {
  words: z.int().positive().optional(),
  characters: z.int().positive().optional(),
};
const hasLength = ({ words, characters }: { words?: number | undefined; characters?: number | undefined }) =>
  words !== undefined || characters !== undefined;
const needsLength = 'needs a length: add "words" or "characters"';

/** A regular expression as JavaScript writes it, without slashes. */
const pattern = {
  pattern: z.string().min(1).max(2_000),
  flags: z
    .string()
    .regex(/^[imsu]*$/, "may only hold the letters i, m, s and u")
    .optional(),
};
const isPattern = ({ pattern: source, flags }: { pattern: string; flags?: string | undefined }) => {
  try {
    return new RegExp(source, flags) !== null;
  } catch {
    return false;
  }
};
const notAPattern = {
  path: ["pattern"],
  message: "is not a regular expression: check its brackets and escapes",
};

const text = { text: z.string().min(1), ignore_case: z.boolean().optional() };

/** A check that an answer must pass, as a person writes it (seed 000). */
export const requirementSpec = z.discriminatedUnion("check", [
  z.strictObject({ check: z.literal("json"), ...common }),
  z.strictObject({
    check: z.literal("json_schema"),
    schema: z.record(z.string(), z.unknown()),
    ...common,
  }),
  z.strictObject({ check: z.literal("max_length"), ...length, ...common }).refine(hasLength, needsLength),
  z.strictObject({ check: z.literal("min_length"), ...length, ...common }).refine(hasLength, needsLength),
  z.strictObject({ check: z.literal("matches"), ...pattern, ...common }).refine(isPattern, notAPattern),
  z.strictObject({ check: z.literal("not_matches"), ...pattern, ...common }).refine(isPattern, notAPattern),
  z.strictObject({ check: z.literal("contains"), ...text, ...common }),
  z.strictObject({ check: z.literal("not_contains"), ...text, ...common }),
  z.strictObject({
    check: z.literal("language"),
    language: z.string().regex(/^[a-z]{2,3}$/, "is not a language: write its code, such as en, de or fr"),
    ...common,
  }),
  z.strictObject({ check: z.literal("no_refusal"), ...common }),
  z.strictObject({
    check: z.literal("judge"),
    /** A plain question about the answer, to which yes is good. */
    question: z.string().min(1).max(4_000),
    /** The id of the link that judges; without it the chain decides. */
    link: z.string().optional(),
    ...common,
  }),
]);
export type RequirementSpec = z.infer<typeof requirementSpec>;

/** What the next link sees when an answer failed its requirements (seed 000). */
export const escalation = z.enum(["fresh_start", "continue_chat", "best_attempt"]);
export type Escalation = z.infer<typeof escalation>;

/** What follows when an answer fails its requirements. */
export const qualityConfig = z.strictObject({
  /** How often one link is asked, the first try included (2). */
  loop_budget: z.int().min(1).max(10).optional(),
  escalation: escalation.optional(),
  /** Whether requests with requirements go to a model on this machine first. */
  local_first: z.boolean().optional(),
  /** Whether a request fails when no answer met its requirements; otherwise the best one is given, with a notice. */
  strict: z.boolean().optional(),
});
export type QualityConfig = z.infer<typeof qualityConfig>;

/** The same request to several links at once (seed 003). */
export const mirrorConfig = z.strictObject({
  enabled: z.boolean().optional(),
  /** Ids of at least two links; without it the first two of the chain. */
  links: z.array(z.string()).min(2).optional(),
  /** `first_agreement`: the first answer that agrees with another; `majority`: what most say; `report`: the first link's. */
  policy: z.enum(["first_agreement", "majority", "report"]).optional(),
  /** How two answers are compared. */
  agreement: z.enum(["exact", "json", "similarity"]).optional(),
  /** The least similarity, 0 to 1, at which two answers agree (0.8). */
  threshold: z.number().min(0).max(1).optional(),
});
export type MirrorConfig = z.infer<typeof mirrorConfig>;
