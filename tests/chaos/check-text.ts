import type { Receipt } from "../../electron/contract/index.ts";
import type { AnyFault } from "./chain-config.ts";
import { doubledWords, hugeSize, localRest, localWords, sameVoice, usualSize, words } from "./spoken.ts";

const remotes = ["alpha", "beta", "gamma"];

/** What a link says of a request, from the first word to the last. */
function wordsOf(link: string, nonce: string, fault: AnyFault): string {
  if (link === "local") return localWords;
  const { size = "usual", alike = false } = "does" in fault ? fault : {};
  return words(nonce, alike ? sameVoice : link, size === "huge" ? hugeSize : usualSize);
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

/** Whether a text has words of another request in it. */
export function isMixed(text: string, nonce: string): boolean {
  return (text.match(/\bn\d{6}\b/g) ?? []).some((found) => found !== nonce);
}
