import { type AnyFault, isCounted } from "./chain-config.ts";
import { type Facts, untruths } from "./check-receipt.ts";
import { isMixed, whyNotOwn, whyNotWhole } from "./check-text.ts";
import type { Seen } from "./seen.ts";

/** Everything that is wrong with what one person got; nothing when all is well. */
export function* wrongs(seen: Seen, facts: Facts): Generator<string> {
  const { receipt, nonce, text } = seen;
  const { fault, expected } = facts;
  yield* seen.breaches;
  if (seen.told === "nothing") return yield "neither a whole answer nor a failure was told";
  const all = [text, seen.thoughts, ...seen.calls.map((call) => call.arguments)].join(" ");
  if (isMixed(all, nonce)) yield "words of another request";
  yield* calls(seen, facts);
  if (seen.told === "whole") {
    if (!receipt) return yield "an answer without a receipt";
    const why = whyNotWhole(text, receipt, nonce, fault) ?? whyNotOwn(seen, receipt, fault);
    if (why) yield why;
    if (expected.answers === null && !expected.byChance) yield "an answer where none could be given";
  } else {
    yield* wrongFailure(seen, facts);
  }
  if (receipt) yield* untruths(receipt, seen, facts, hasDeparted(seen, facts));
}

/** A stream that could not follow a restarted answer ends in this error, as the gateway promises. */
const hasDeparted = ({ way, failure }: Seen, { fault }: Facts): boolean =>
  way === "stream" && failure?.code === "stream_departed" && fault.torn;

function* wrongFailure(seen: Seen, facts: Facts): Generator<string> {
  const { failure, receipt, http, text } = seen;
  const { expected, fault } = facts;
  if (!failure?.message) yield "a failure without a word";
  if (failure?.message.includes("sk-chaos")) yield "a failure that tells the key";
  if (hasDeparted(seen, facts)) return;
  if (expected.answers !== null && !expected.byChance)
    yield `failed (${failure?.code}) though ${expected.answers} could answer`;
  if (!receipt) yield "a failure without a receipt";
  if (seen.way === "events" && (text !== "" || seen.calls.length > 0))
    yield "a torn answer was left standing";
  if (!http || (http.status === 200 && seen.way === "stream" && fault.torn)) return;
  const due = expected.stops ? stoppedStatus(fault) : 503;
  if (http.status !== due) yield `HTTP ${http.status} instead of ${due}`;
  if (due === 503 && !http.headers.has("retry-after")) yield "503 without Retry-After";
}

/** The HTTP status of a request that ended with a provider's last word: a client's fault keeps the provider's own. */
function stoppedStatus(fault: AnyFault): number {
  const { status } = "does" in fault ? fault : {};
  return status && status >= 400 && status < 500 ? status : 502;
}

/** How often a request may be sent again in one attempt because its connection had gone stale. */
const mostResends = 5;

/** Whether a torn answer may be given to another link to go on from there. */
const mayContinue = (fault: AnyFault): boolean =>
  !("does" in fault) ||
  (fault.asks === undefined && fault.recovery === undefined && !fault.kinds.includes("loop"));

/** Calls as the servers counted them, against the retry rules and the receipt. */
function* calls({ receipt }: Seen, { fault, places, expected, arrivals }: Facts): Generator<string> {
  for (const place of places) {
    if (!isCounted(fault, place)) continue;
    const own = arrivals.filter(({ link }) => link === place.link);
    const all = own.length;
    const came = own.filter(({ isStale }) => !isStale).length;
    if (own.some(({ continues }) => continues) && !mayContinue(fault))
      yield `${place.link} was to continue what can't be continued`;
    const most = expected.owed.find(({ link }) => link === place.link)?.attempts.length ?? 0;
    if (came > most && !expected.byChance) yield `${place.link} was hammered: ${came} calls, ${most} allowed`;
    if (expected.byChance && came > 2) yield `${place.link} was hammered: ${came} calls`;
    if (!receipt) continue;
    const told = receipt.attempts.filter(({ link, outcome }) => link === place.link && outcome !== "skipped");
    // One that was stopped may have been stopped before it left.
    const sure = told.filter(({ outcome }) => outcome !== "cancelled");
    if (all < sure.length || came > told.length)
      yield `${place.link} had ${came} calls, the receipt tells of ${told.length}`;
    if (all - came > told.length * mostResends)
      yield `${place.link} was sent the same over ${all - came} stale connections`;
  }
}
