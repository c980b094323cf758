import { type DrillExpectation, type DrillFault, durationMs, type Mechanism } from "../contract/index.ts";

const what: { [Kind in DrillFault["fault"]]: (fault: Extract<DrillFault, { fault: Kind }>) => string } = {
  block: () => "No connection",
  delay: ({ by }) => `First token ${by} later`,
  status: ({ status, retry_after }) => `HTTP ${status}${retry_after ? ` (Retry-After ${retry_after})` : ""}`,
  cut: () => "Answer cut in the middle",
  stall: ({ after }) => (after === 0 ? "No answer comes" : "Answer stands still in the middle"),
  refuse: () => "Model refuses",
  lower_quality: ({ as = "garble" }) => `Lower quality (${as})`,
  kill_engine: () => "Engine killed",
};

/** A fault in words: `HTTP 503 on first, from 2s for 10s, 50 % of attempts`. */
export function faultText(fault: DrillFault): string {
  const { links = ["all"], from = "0s", for: lasts, share = 1 } = fault;
  const window = lasts ? `from ${from} for ${lasts}` : from === "0s" ? "all the time" : `from ${from} on`;
  const part = share < 1 ? `, ${Math.round(share * 100)} % of attempts` : "";
  const text = (what[fault.fault] as (fault: DrillFault) => string)(fault);
  return `${text} on ${links.join(" and ")}, ${window}${part}`;
}

const list = (one: string | readonly string[]): string => (typeof one === "string" ? one : one.join(" or "));
const bounds = (range: { at_least?: number | undefined; at_most?: number | undefined }): string =>
  [
    ...(range.at_least === undefined ? [] : [`at least ${range.at_least}`]),
    ...(range.at_most === undefined ? [] : [`at most ${range.at_most}`]),
  ].join(" and ");

/** Which share of which answers: `all answers of outage`. */
function answersText(expectation: {
  of?: string | undefined;
  share?: number | undefined;
  share_at_most?: number | undefined;
}): string {
  const { of, share_at_most: most } = expectation;
  const least = expectation.share ?? (most === undefined ? 1 : 0);
  const whose = of === undefined ? "answers" : `answers of "${of}"`;
  if (most === 0) return `no ${whose}`;
  if (least === 1) return `all ${whose}`;
  const parts = [
    ...(least > 0 ? [`at least ${percent(least)}`] : []),
    ...(most === undefined ? [] : [`at most ${percent(most)}`]),
  ];
  return `${parts.join(" and ")} of ${whose}`;
}

/** A share in words: `97 %`. */
export const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

/** Milliseconds in words: `420 ms`, `3.2 s`. */
export const ms = (value: number): string =>
  value < 1_000 ? `${Math.round(value)} ms` : `${Math.round(value / 100) / 10} s`;

/** An expectation in words. */
export function expectationText(expectation: DrillExpectation): string {
  switch (expectation.check) {
    case "tier":
      return `Tier ${list(expectation.is)} for ${answersText(expectation)}`;
    case "level":
      return `Level ${list(expectation.is)} for ${answersText(expectation)}`;
    case "link":
      return `Link ${list(expectation.is)} for ${answersText(expectation)}`;
    case "notice":
      return `Notice ${expectation.code} with ${answersText(expectation)}`;
    case "whole":
      return `Whole: ${answersText(expectation)}`;
    case "text":
      return `The text "${expectation.contains}" in ${answersText(expectation)}`;
    case "first_token":
    case "duration": {
      const { check, within, percentile = 95, of } = expectation;
      const time = check === "first_token" ? "Time to the first token" : "Time to the end";
      return `${time}, percentile ${percentile}, within ${ms(durationMs(within))}${of ? ` for "${of}"` : ""}`;
    }
    case "nothing_lost":
      return `Nothing lost${expectation.of ? ` of "${expectation.of}"` : ""}`;
    case "metric": {
      const { name, labels = {}, rises_by, reaches, ends_at } = expectation;
      const said = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
      const verbs = [
        ...(rises_by ? [`rises by ${bounds(rises_by)}`] : []),
        ...(reaches ? [`reaches ${bounds(reaches)}`] : []),
        ...(ends_at ? [`ends at ${bounds(ends_at)}`] : []),
      ];
      return `Metric ${name}${said.length > 0 ? `{${said.join(",")}}` : ""} ${verbs.join(", ")}`;
    }
    case "alert":
      return `Alert ${expectation.name} ${(expectation.fires ?? true) ? "fires" : "stays silent"}`;
    case "log": {
      const { event, with: fields = {}, at_least, at_most } = expectation;
      const said = Object.entries(fields).map(([key, value]) => `${key}=${value}`);
      const often = bounds({ at_least: at_least ?? (at_most === undefined ? 1 : undefined), at_most });
      return `Log line ${[event, ...said].join(" ")}: ${often}`;
    }
    default:
      return expectation satisfies never;
  }
}

/** A mechanism, as a report names it; the page has words of its own. */
export const mechanismText: Record<Mechanism, string> = {
  backup: "backup links",
  local: "local links",
  retry: "retries",
  breaker: "breakers",
  hedge: "hedging",
  recovery: "recovery in mid-answer",
  quality: "requirements",
  cache: "the cache",
};
