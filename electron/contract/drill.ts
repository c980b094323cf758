import { z } from "zod";
import { config, duration, durationMs } from "./config.ts";
import { noticeCode } from "./receipt.ts";
import { requirementSpec } from "./requirement.ts";
import { level, tier } from "./words.ts";

/** Names for links by their place, beside their ids: the first of the chain, all of a tier, all. */
export const linkRole = z.enum(["first", "cloud", "backup", "local", "all"]);
export type LinkRole = z.infer<typeof linkRole>;

/** A share of requests or answers, 0 to 1. */
const share = z.number().min(0).max(1);
const groupName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, "is not a name: use small letters, digits, '-' and '_', at most 40");

/** What every fault says. Times count from the drill's start. */
const when = {
  /** Ids of links, or roles; all links unless given. */
  links: z.array(z.string().min(1)).min(1, "is empty: name at least one").optional(),
  /** When it begins (0s). */
  from: duration.optional(),
  /** How long it lasts; to the drill's end unless given. */
  for: duration.optional(),
  /** The share of attempts that it hits, above 0 and up to 1 (1). */
  share: z.number().positive().max(1).optional(),
};
/** How many characters of the answer come first. */
const after = z.int().nonnegative().optional();

/** How `lower_quality` spoils an answer. */
export const spoiling = z.enum(["garble", "shorten", "chatter", "repeat"]);
export type Spoiling = z.infer<typeof spoiling>;

/** One injected fault (seed 002: chaos engineering). */
export const drillFault = z.discriminatedUnion("fault", [
  /** No connection comes about. */
  z.strictObject({ fault: z.literal("block"), ...when }),
  /** The first token comes later by this. */
  z.strictObject({ fault: z.literal("delay"), by: duration, ...when }),
  /** The provider answers with an HTTP error. */
  z.strictObject({
    fault: z.literal("status"),
    status: z.int().min(400).max(599),
    /** What its `Retry-After` says. */
    retry_after: duration.optional(),
    ...when,
  }),
  /** The answer breaks off. */
  z.strictObject({ fault: z.literal("cut"), after, ...when }),
  /** The answer stands still, and the connection stays open. */
  z.strictObject({ fault: z.literal("stall"), after, ...when }),
  /** The model declines to answer. */
  z.strictObject({ fault: z.literal("refuse"), ...when }),
  /** The answer looks whole, and is bad. */
  z.strictObject({ fault: z.literal("lower_quality"), as: spoiling.optional(), ...when }),
  /** The process that runs models on this machine is killed. */
  z.strictObject({ fault: z.literal("kill_engine"), after, ...when }),
]);
export type DrillFault = z.infer<typeof drillFault>;

/** A scripted provider that stands in for a link's real one. */
export const standIn = z.strictObject({
  /** What it says to every question. */
  answer: z.string().min(1).optional(),
  /** How long its first token takes (40ms). */
  first_token: duration.optional(),
  /** How long each further piece takes (5ms). */
  between: duration.optional(),
});
export type StandIn = z.infer<typeof standIn>;

/** Requests that a drill sends. */
export const drillRequests = z.strictObject({
  /** What expectations call them by. */
  name: groupName.optional(),
  /** Taken in turn. */
  prompts: z.array(z.string().min(1).max(200_000)).min(1, "is empty: write at least one"),
  count: z.int().min(1).max(10_000),
  /** How many are under way at once, at most (1). */
  at_once: z.int().min(1).max(64).optional(),
  /** One begins each time this has passed; as soon as there is room, unless given. */
  every: duration.optional(),
  /** When the first begins (0s). */
  from: duration.optional(),
  /** Whether the answer is read piece by piece (true). */
  stream: z.boolean().optional(),
  max_tokens: z.int().positive().optional(),
  local_only: z.boolean().optional(),
  level: level.optional(),
  deadline: duration.optional(),
  requirements: z.array(requirementSpec).optional(),
});
export type DrillRequests = z.infer<typeof drillRequests>;

const oneOrMore = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1)]);
/** Which requests, and how many of them: `share` at least (1, unless `share_at_most` is given). */
const ofRequests = { of: groupName.optional(), share: share.optional(), share_at_most: share.optional() };
const percentile = z.number().gt(0).max(100).optional();
const range = z
  .strictObject({ at_least: z.number().optional(), at_most: z.number().optional() })
  .refine(
    ({ at_least, at_most }) => at_least !== undefined || at_most !== undefined,
    'needs a bound: add "at_least" or "at_most"',
  );

/** What must hold. */
export const drillExpectation = z.discriminatedUnion("check", [
  z.strictObject({ check: z.literal("tier"), is: oneOrMore(tier), ...ofRequests }),
  z.strictObject({ check: z.literal("level"), is: oneOrMore(level), ...ofRequests }),
  z.strictObject({ check: z.literal("link"), is: oneOrMore(z.string()), ...ofRequests }),
  z.strictObject({ check: z.literal("notice"), code: noticeCode, ...ofRequests }),
  /** Whole answers: nothing cut, nothing missing of what was streamed. */
  z.strictObject({ check: z.literal("whole"), ...ofRequests }),
  /** Answers that hold this text, in any case. */
  z.strictObject({ check: z.literal("text"), contains: z.string().min(1), ...ofRequests }),
  /** Time from sending to the first text, and to the answer's end: the percentile (95) is within. */
  z.strictObject({
    check: z.literal("first_token"),
    within: duration,
    percentile,
    of: groupName.optional(),
  }),
  z.strictObject({ check: z.literal("duration"), within: duration, percentile, of: groupName.optional() }),
  /** Every request ended: with a whole answer, or with an honest word that there is none. */
  z.strictObject({ check: z.literal("nothing_lost"), of: groupName.optional() }),
  /** A metric of `/metrics`: how much it rose from before to after, or the highest and the last value that it had. */
  z
    .strictObject({
      check: z.literal("metric"),
      name: z.string().min(1),
      labels: z.record(z.string(), z.string()).optional(),
      rises_by: range.optional(),
      reaches: range.optional(),
      ends_at: range.optional(),
    })
    .refine(
      ({ rises_by, reaches, ends_at }) => [rises_by, reaches, ends_at].some((one) => one !== undefined),
      'says nothing of the metric: add "rises_by", "reaches" or "ends_at"',
    ),
  /** An alert of the rules that ship, judged by promtool. */
  z.strictObject({ check: z.literal("alert"), name: z.string().min(1), fires: z.boolean().optional() }),
  /** Lines of the log with this event, and with these values in their fields. */
  z.strictObject({
    check: z.literal("log"),
    event: z.string().min(1),
    with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
    at_least: z.int().nonnegative().optional(),
    at_most: z.int().nonnegative().optional(),
  }),
]);
export type DrillExpectation = z.infer<typeof drillExpectation>;

/** What can be switched off in the chain of a drill, to see that the drill would notice. */
export const mechanism = z.enum([
  "backup",
  "local",
  "retry",
  "breaker",
  "hedge",
  "recovery",
  "quality",
  "cache",
]);
export type Mechanism = z.infer<typeof mechanism>;

/** Rules of the chain that a drill may bring along. */
const drillConfig = z.strictObject({
  ...config.pick({
    fallback_chain: true,
    strategy: true,
    skip: true,
    recovery: true,
    hedge: true,
    deadline: true,
    health: true,
    requirements: true,
    quality: true,
    mirror: true,
    offline: true,
  }).shape,
  /** A drill has a cache of its own, which begins empty and finds the very same question only. */
  cache: z.strictObject({ enabled: z.boolean().optional() }).optional(),
});

const longestMs = 3_600_000;
const shortestSampleMs = 100;

/** A rehearsed failure, as a file says it (seed 002: game days). */
export const drill = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    description: z.string().trim().max(2_000).optional(),
    /** The drill ends after this, whatever is still under way (at most 1h). */
    max_duration: duration,
    /** The same seed gives the same faults and delays (1). */
    seed: z.int().nonnegative().optional(),
    /** Stands above the config in force, key by key. With a `fallback_chain` of its own nothing else of that config holds. */
    config: drillConfig.optional(),
    /** By the id of the link. */
    stand_ins: z.record(z.string(), standIn).optional(),
    /** The mechanisms without which the drill must fail. */
    rehearses: z.array(mechanism).optional(),
    /** How often metrics are read (1s), and how long a second of the drill counts for alert rules, which think in minutes (1s). */
    alerts: z.strictObject({ sample: duration.optional(), time_lapse: duration.optional() }).optional(),
    faults: z.array(drillFault).max(100),
    requests: z.array(drillRequests).min(1, "is empty: a drill sends at least one request").max(20),
    expect: z.array(drillExpectation).min(1, "is empty: say at least one thing that must hold").max(100),
  })
  .superRefine(({ config, stand_ins = {}, faults, requests, expect, ...drill }, context) => {
    const problem = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    // What is no duration at all has been told of already.
    const msOf = (text: string) => (duration.safeParse(text).success ? durationMs(text) : null);
    if ((msOf(drill.max_duration) ?? 0) > longestMs)
      problem(["max_duration"], `${drill.max_duration} is too long: a drill lasts an hour at most`);
    const sample = drill.alerts?.sample;
    if (sample !== undefined && (msOf(sample) ?? shortestSampleMs) < shortestSampleMs)
      problem(["alerts", "sample"], `${sample} is too short: 100ms is the least`);
    const ids = config?.fallback_chain?.map(({ id }) => id);
    for (const [index, id] of (ids ?? []).entries()) {
      if (stand_ins[id] !== undefined) continue;
      const message = `"${id}" has no stand-in: a drill may not bring real links along. Add stand_ins.${id}, such as "${id}: {}"`;
      problem(["config", "fallback_chain", index, "id"], message);
    }
    const isKnown = (id: string) => ids === undefined || ids.includes(id);
    const known = [...(ids ?? []), ...linkRole.options].join(", ");
    for (const id of Object.keys(stand_ins)) {
      if (!isKnown(id))
        problem(["stand_ins", id], `is no link of config.fallback_chain, which has: ${known}`);
    }
    for (const [index, { links = [] }] of faults.entries()) {
      for (const [at, id] of links.entries()) {
        if (linkRole.safeParse(id).success || isKnown(id)) continue;
        problem(["faults", index, "links", at], `"${id}" is no link: there are ${known}`);
      }
    }
    const groups = requests.flatMap(({ name }) => name ?? []);
    for (const [index, expectation] of expect.entries()) {
      const of = "of" in expectation ? expectation.of : undefined;
      if (of === undefined || groups.includes(of)) continue;
      const message = `"${of}" names no requests: there are ${groups.join(", ") || "none with a name"}`;
      problem(["expect", index, "of"], message);
    }
  });
export type Drill = z.infer<typeof drill>;
