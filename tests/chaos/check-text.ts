import type { Receipt } from "../../electron/contract/index.ts";
import type { AnyFault } from "./chain-config.ts";
import type { Seen } from "./seen.ts";
import {
  callOf,
  doubledWords,
  jsonOf,
  localJson,
  localRest,
  localWords,
  sameVoice,
  sizes,
  thoughtsOf,
  words,
} from "./spoken.ts";

const remotes = ["alpha", "beta", "gamma"];

/** What a link says of a request, from the first word to the last. */
function wordsOf(link: string, nonce: string, fault: AnyFault): string {
  const { size = "usual", alike = false, asks } = "does" in fault ? fault : {};
  if (link === "local") return asks === "json" ? localJson : localWords;
  if (asks === "tool") return "";
  if (asks === "json") return jsonOf(nonce, link);
  return words(nonce, alike ? sameVoice : link, sizes[size]);
}

/** Why a text that was told as a whole answer is none; null when it is one, by the links that the receipt names. */
export function whyNotWhole(
  text: string,
  { link, seams }: Pick<Receipt, "link" | "seams">,
  nonce: string,
  fault: AnyFault,
): string | null {
  if (link === null) return "an answer that no link gave";
  if (seams.length === 0) {
    const whole = wordsOf(link, nonce, fault);
    if (text === whole) return null;
    if ("does" in fault && fault.size === "doubled" && text === doubledWords(nonce, link)) return null;
    return whole.startsWith(text)
      ? `a truncated answer looks whole (${text.length} of ${whole.length})`
      : "an answer that its link did not give";
  }
  const beginning = text.slice(0, seams[0]?.offset);
  if (!remotes.some((remote) => wordsOf(remote, nonce, fault).startsWith(beginning)))
    return "what stands before the seam is no link's";
  for (const [at, seam] of seams.entries()) {
    const segment = text.slice(seam.offset, seams[at + 1]?.offset);
    const isLast = at === seams.length - 1;
    const rest = seam.link === "local" ? localRest : wordsOf(seam.link, nonce, fault).slice(seam.offset);
    if (isLast ? segment !== rest : !rest.startsWith(segment))
      return `what ${seam.link} said behind the seam is not the rest of the answer`;
  }
  return seams.at(-1)?.link === link ? null : "the last seam is not the answering link's";
}

/** Why the calls of an answer, or the thoughts before it, are not those of the link that gave it; null when they are. */
export function whyNotOwn(
  { calls, thoughts, way, nonce }: Seen,
  { link, seams }: Pick<Receipt, "link" | "seams">,
  fault: AnyFault,
): string | null {
  const asks = "does" in fault ? fault.asks : undefined;
  if (link === null || asks === undefined) return calls.length > 0 ? "a call that nobody asked for" : null;
  if (seams.length > 0) return "an answer was continued in the middle of what can't be";
  const { name, arguments: json } = callOf(nonce, link);
  const due = asks === "tool" && link !== "local" ? [{ name, arguments: json }] : [];
  const called = calls.map((call) => ({ name: call.name, arguments: call.arguments }));
  if (JSON.stringify(called) !== JSON.stringify(due)) return "calls that its link did not make";
  // Over a stream of events, thoughts can't be taken back, and those of another link are not told after them.
  if (asks !== "thoughts" || way !== "events") return null;
  return thoughts === (link === "local" ? "" : thoughtsOf(nonce, link))
    ? null
    : "thoughts that its link did not have";
}

/** Whether a text has words of another request in it. */
export function isMixed(text: string, nonce: string): boolean {
  return (text.match(/\bn\d{6}\b/g) ?? []).some((found) => found !== nonce);
}
