import type { AnswerCache } from "../chain/index.ts";

/** What a look-up gave, as it is counted. */
export type LookupOutcome = "answered" | "similar" | "none";

/** A cache whose faults (a full disk, a locked file) are reported and never cost an answer, and whose look-ups are counted. */
export function guardedCache(
  cache: AnswerCache,
  onError: (error: unknown) => void,
  onLookup: (outcome: LookupOutcome) => void,
): AnswerCache {
  return {
    lookup: async (request, signal) => {
      const found = await cache.lookup(request, signal).catch((error) => {
        onError(error);
        return null;
      });
      onLookup(found?.hit ? "answered" : found?.similar ? "similar" : "none");
      return found;
    },
    put: (request, answer, receipt) => cache.put(request, answer, receipt).catch(onError),
  };
}
