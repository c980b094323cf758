import { type DrillAnswer, type DrillExpectation, type DrillFinding, durationMs } from "../contract/index.ts";
import { type Sample, valueIn } from "./metrics-text.ts";
import { expectationText, ms, percent } from "./words.ts";

/** A line of the log: `event`, and fields that say more of it. */
export type DrillLine = Readonly<Record<string, unknown>>;

/** The names of alerts that fired; or why nobody could tell. */
export type AlertsSeen = { fired: ReadonlySet<string>; known: ReadonlySet<string> } | { unchecked: string };

/** What a drill has seen so far. */
export interface Seen {
  answers: readonly DrillAnswer[];
  samples: readonly Sample[];
  lines: readonly DrillLine[];
  /** Null until the drill is over. */
  alerts: AlertsSeen | null;
}

type Found = Pick<DrillFinding, "outcome" | "seen">;
const found = (ok: boolean, seen: string): Found => ({ outcome: ok ? "passed" : "failed", seen });
const unseen: Found = { outcome: "failed", seen: "There was nothing to look at." };

/** How an expectation stands with what was seen; `open` while the drill goes on. */
export function findingOf(expectation: DrillExpectation, seen: Seen, isOver: boolean): DrillFinding {
  const result = judged(expectation, seen);
  const text = expectationText(expectation);
  if (isOver || result.outcome === "unchecked") return { text, ...result };
  return { text, outcome: "open", seen: result === unseen ? "nothing yet" : result.seen };
}

function judged(expectation: DrillExpectation, seen: Seen): Found {
  const of = "of" in expectation ? expectation.of : undefined;
  const answers = of === undefined ? seen.answers : seen.answers.filter(({ group }) => group === of);
  switch (expectation.check) {
    case "tier":
      return shareOf(
        answers,
        ({ tier }) => isOneOf(tier, expectation.is),
        expectation,
        tally(answers, "tier"),
      );
    case "level":
      return shareOf(
        answers,
        ({ level }) => isOneOf(level, expectation.is),
        expectation,
        tally(answers, "level"),
      );
    case "link":
      return shareOf(
        answers,
        ({ link }) => isOneOf(link, expectation.is),
        expectation,
        tally(answers, "link"),
      );
    case "notice":
      return shareOf(answers, ({ notices }) => notices.includes(expectation.code), expectation);
    case "whole":
      return shareOf(answers, ({ whole }) => whole, expectation);
    case "text": {
      const wanted = expectation.contains.toLowerCase();
      return shareOf(answers, ({ text }) => text.toLowerCase().includes(wanted), expectation);
    }
    case "first_token":
    case "duration": {
      const { check, within, percentile = 95 } = expectation;
      // An answer that never came was not quick.
      const times = answers.map((answer) =>
        check === "duration"
          ? answer.duration_ms
          : (answer.first_token_ms ?? (answer.whole ? answer.duration_ms : Number.POSITIVE_INFINITY)),
      );
      const at = percentileOf(times, percentile);
      if (at === null) return unseen;
      return found(at <= durationMs(within), Number.isFinite(at) ? ms(at) : "some never came");
    }
    case "nothing_lost": {
      if (answers.length === 0) return unseen;
      const lost = answers.filter(
        ({ tier, whole, failure }) => tier === null || (!whole && failure === null),
      );
      return found(lost.length === 0, `${lost.length} of ${answers.length} lost`);
    }
    case "metric":
      return metric(expectation, seen.samples);
    case "alert":
      return alert(expectation, seen.alerts);
    case "log": {
      const { event, with: fields = {}, at_least, at_most } = expectation;
      const count = seen.lines.filter(
        (line) => line.event === event && Object.entries(fields).every(([key, value]) => line[key] === value),
      ).length;
      const least = at_least ?? (at_most === undefined ? 1 : 0);
      return found(
        count >= least && count <= (at_most ?? count),
        `${count} ${count === 1 ? "line" : "lines"}`,
      );
    }
    default:
      return expectation satisfies never;
  }
}

const isOneOf = <T extends string>(value: T | null, wanted: T | readonly T[]): boolean =>
  value !== null && (typeof wanted === "string" ? value === wanted : wanted.includes(value));

function shareOf(
  answers: readonly DrillAnswer[],
  fits: (answer: DrillAnswer) => boolean,
  { share, share_at_most }: { share?: number | undefined; share_at_most?: number | undefined },
  more?: string,
): Found {
  if (answers.length === 0) return unseen;
  const count = answers.filter(fits).length;
  const part = count / answers.length;
  const least = share ?? (share_at_most === undefined ? 1 : 0);
  const seen = `${count} of ${answers.length} (${percent(part)})`;
  return found(part >= least && part <= (share_at_most ?? 1), more ? `${seen}: ${more}` : seen);
}

/** `backup 12, cloud 3`. */
function tally(answers: readonly DrillAnswer[], by: "tier" | "level" | "link"): string {
  const counts = new Map<string, number>();
  for (const answer of answers) {
    const key = answer[by] ?? "none";
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key} ${count}`).join(", ");
}

/** The nearest-rank percentile; null of nothing. */
export function percentileOf(values: readonly number[], percentile: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] ?? null;
}

type Range = { at_least?: number | undefined; at_most?: number | undefined };
const isWithin = (value: number, { at_least, at_most }: Range): boolean =>
  value >= (at_least ?? value) && value <= (at_most ?? value);
const rounded = (value: number): string => String(Math.round(value * 1_000) / 1_000);

function metric(
  { name, labels, rises_by, reaches, ends_at }: Extract<DrillExpectation, { check: "metric" }>,
  samples: readonly Sample[],
): Found {
  const values = samples.map((sample) => valueIn(sample, name, labels));
  const [first] = values;
  const last = values.at(-1);
  if (first === undefined || last === undefined) return unseen;
  const high = Math.max(...values);
  const low = Math.min(...values);
  const rise = last - first;
  // A gauge "reaches" a bound when any reading lies within it.
  const reached = reaches === undefined || values.some((value) => isWithin(value, reaches));
  const ok = reached && (!rises_by || isWithin(rise, rises_by)) && (!ends_at || isWithin(last, ends_at));
  const seen = [
    ...(rises_by ? [`rose by ${rounded(rise)}`] : []),
    ...(reaches ? [`between ${rounded(low)} and ${rounded(high)}`] : []),
    ...(ends_at ? [`ended at ${rounded(last)}`] : []),
  ];
  return found(ok, seen.join(", "));
}

function alert(
  { name, fires = true }: Extract<DrillExpectation, { check: "alert" }>,
  alerts: AlertsSeen | null,
): Found {
  if (alerts === null) return { outcome: "failed", seen: "judged at the end" };
  if ("unchecked" in alerts) return { outcome: "unchecked", seen: alerts.unchecked };
  if (!alerts.known.has(name))
    return found(false, `There is no such alert; there are: ${[...alerts.known].join(", ")}`);
  return found(alerts.fired.has(name) === fires, alerts.fired.has(name) ? "fired" : "silent");
}
