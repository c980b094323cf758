import { z } from "zod";
import { mechanism } from "./drill.ts";
import { noticeCode } from "./receipt.ts";
import { failureKind, level, linkTier, providerName, tier } from "./words.ts";

/** How one expectation came out. `unchecked`: it could not be looked at, and `seen` says why. */
export const drillFinding = z.object({
  /** The expectation, in words. */
  text: z.string(),
  outcome: z.enum(["passed", "failed", "unchecked", "open"]),
  seen: z.string(),
});
export type DrillFinding = z.infer<typeof drillFinding>;

/** How one request ended. Times are milliseconds, `at_ms` from the drill's start. */
export const drillAnswer = z.object({
  n: z.int().positive(),
  group: z.string().nullable(),
  prompt: z.string(),
  at_ms: z.number(),
  /** Null when the request was lost: it never ended, or ended without a word. */
  tier: tier.nullable(),
  level: level.nullable(),
  link: z.string().nullable(),
  attempts: z.array(z.object({ link: z.string(), outcome: z.string(), kind: failureKind.nullable() })),
  notices: z.array(noticeCode),
  first_token_ms: z.number().nullable(),
  duration_ms: z.number(),
  whole: z.boolean(),
  text: z.string(),
  failure: z.string().nullable(),
  cost_usd: z.number().nullable(),
});
export type DrillAnswer = z.infer<typeof drillAnswer>;

/** Something that happened in a drill, `at_ms` from its start. */
export const drillMoment = z.object({
  at_ms: z.number(),
  what: z.enum(["fault", "requests", "circuit", "level", "engine", "end"]),
  text: z.string(),
});
export type DrillMoment = z.infer<typeof drillMoment>;

/** A fault of a drill: its words, its window in milliseconds from the start (`to_ms` null: to the end), and how often it hit. */
export const drillFaultSeen = z.object({
  text: z.string(),
  from_ms: z.number(),
  to_ms: z.number().nullable(),
  hits: z.int().nonnegative(),
});
export type DrillFaultSeen = z.infer<typeof drillFaultSeen>;

export const drillLink = z.object({
  id: z.string(),
  provider: providerName,
  model: z.string(),
  tier: linkTier,
  stand_in: z.boolean(),
});

const run = {
  /** Of this run. */
  id: z.string(),
  /** Of the drill: the name of its file without the ending. */
  drill: z.string(),
  name: z.string(),
  /** Whose links were asked: those that the drill brings, or the person's own. */
  chain: z.enum(["stand_ins", "own"]),
  /** What was switched off. */
  without: mechanism.nullable(),
  started_at: z.iso.datetime(),
};

/** How a drill went. */
export const drillReport = z.object({
  ...run,
  description: z.string(),
  seed: z.int(),
  /** `finished`, or why it ended before its requests had. */
  end: z.enum(["finished", "time_up", "stopped"]),
  duration_ms: z.number(),
  /** Whether it finished, and no expectation failed. */
  passed: z.boolean(),
  findings: z.array(drillFinding),
  links: z.array(drillLink),
  faults: z.array(drillFaultSeen),
  moments: z.array(drillMoment),
  answers: z.array(drillAnswer),
  /** What it cost, USD; null where nothing that costs was asked. */
  cost_usd: z.number().nullable(),
  version: z.string(),
});
export type DrillReport = z.infer<typeof drillReport>;

/** A report in a list. */
export const drillReportInfo = drillReport
  .pick({ id: true, drill: true, name: true, chain: true, without: true, started_at: true, end: true })
  .extend({ passed: z.boolean(), failed: z.int().nonnegative(), unchecked: z.int().nonnegative() });
export type DrillReportInfo = z.infer<typeof drillReportInfo>;

/** An answer in the timeline. */
export const drillPoint = drillAnswer.pick({
  n: true,
  at_ms: true,
  tier: true,
  link: true,
  first_token_ms: true,
  duration_ms: true,
});
export type DrillPoint = z.infer<typeof drillPoint>;

/** A drill while it runs. */
export const drillProgress = z.object({
  ...run,
  /** When it ends at the latest. */
  ends_at: z.iso.datetime(),
  elapsed_ms: z.number(),
  max_duration_ms: z.number(),
  done: z.int().nonnegative(),
  total: z.int().positive(),
  /** Answers so far by tier. */
  tiers: z.array(z.object({ tier: tier.nullable(), count: z.int().positive() })),
  /** The newest answers, some hundreds at most. */
  points: z.array(drillPoint),
  faults: z.array(drillFaultSeen),
  moments: z.array(drillMoment),
  findings: z.array(drillFinding),
});
export type DrillProgress = z.infer<typeof drillProgress>;

/** What a run would spend: a sentence where it may cost money, null where it can't. */
const cost = z.string().nullable();

/** A drill that can be run. */
export const drillInfo = z.object({
  id: z.string(),
  source: z.enum(["shipped", "own"]),
  path: z.string(),
  name: z.string(),
  description: z.string(),
  /** Why its file can't be used, a line for each problem; then nothing below says anything. */
  problem: z.string().nullable(),
  max_duration_ms: z.number(),
  requests: z.int().nonnegative(),
  faults: z.array(z.string()),
  expectations: z.array(z.string()),
  rehearses: z.array(mechanism),
  /** Whether it brings links of its own. */
  has_stand_ins: z.boolean(),
  /** With the links that it brings, and on the person's own chain. */
  cost,
  own_chain_cost: cost,
});
export type DrillInfo = z.infer<typeof drillInfo>;

/** Which drill to run, and how. */
export const drillStart = z.object({
  /** The id of a drill in the list, or the path of a file. */
  drill: z.string().min(1),
  /** On the person's own chain, not on the links that the drill brings. */
  own_chain: z.boolean().optional(),
  without: mechanism.optional(),
  /** The person knows that it may cost money. */
  may_cost: z.boolean().optional(),
});
export type DrillStart = z.infer<typeof drillStart>;

export const drillsState = z.object({
  /** Where a person's own drills are looked for. */
  folder: z.string(),
  drills: z.array(drillInfo),
  running: drillProgress.nullable(),
  /** Newest first. */
  reports: z.array(drillReportInfo),
});
export type DrillsState = z.infer<typeof drillsState>;
