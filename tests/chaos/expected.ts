import type { FailureKind } from "../../electron/contract/index.ts";
import type { AnyFault } from "./chain-config.ts";
import { isRemote, type LinkName, type Place } from "./positions.ts";

/** What a link may be asked, and how each attempt may end; `exact` says that all of it has to happen. */
export interface Owed {
  link: LinkName;
  /** Its first attempt is one to continue a torn answer, which falls away where none was torn. */
  continuesFirst: boolean;
  attempts: { kinds: readonly FailureKind[]; mayAnswer: boolean; mustAnswer: boolean }[];
}

/** What a request has to come to. */
export interface Expected {
  owed: Owed[];
  /** Who answers; null when nothing can. */
  answers: LinkName | null;
  /** Whether a provider's last word ends the request. */
  stops: boolean;
  /** Whether chance decides who answers, and how often a link is asked. */
  byChance: boolean;
}

/**
 * Works out, from the fault and the chain alone, what the retry rules allow and who has to answer. A link that was passed over, because it failed
 * too often for others, has no last word.
 */
export function expect(
  fault: AnyFault,
  places: readonly Place[],
  passedOver: ReadonlySet<string> = new Set(),
): Expected {
  const byChance = "comesAndGoes" in fault || "hedgeAfter" in fault;
  const lastRemote = places.findLast(isRemote)?.link;
  const owed: Owed[] = [];
  let torn = false;
  for (const { link, role } of places) {
    const again = link === lastRemote;
    const answers = role === "ready" || (role === "faulty" && fault.kinds.length === 0);
    // A link that was given the beginning of an answer, and refused it, is asked once more without.
    const refuses = torn && "prefill" in fault && fault.prefill === "refuses" && isRemote({ link, role });
    const attempts: Owed["attempts"] = refuses
      ? [{ kinds: ["invalid_request"], mayAnswer: false, mustAnswer: false }]
      : [];
    const kinds = role === "down" ? (["overloaded"] as const) : fault.kinds;
    const tries = answers || !again || (role === "faulty" && !fault.again) ? 1 : 2;
    for (let nth = 0; nth < tries; nth++) {
      attempts.push({ kinds, mayAnswer: answers || byChance, mustAnswer: answers && !byChance });
    }
    owed.push({ link, continuesFirst: refuses, attempts });
    if (answers) return { owed, answers: link, stops: false, byChance };
    if (role === "faulty" && fault.follows === "stop" && !passedOver.has(link))
      return { owed, answers: null, stops: true, byChance };
    torn ||= role === "faulty" && fault.torn;
  }
  return { owed, answers: null, stops: false, byChance };
}
