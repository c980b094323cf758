import type { AnswerCache } from "../chain/index.ts";

/** A cache whose faults (a full disk, a locked file) are reported and never cost an answer. */
export function guardedCache(cache: AnswerCache, onError: (error: unknown) => void): AnswerCache {
  return {
    lookup: (request, signal) =>
      cache.lookup(request, signal).catch((error) => {
        onError(error);
        return null;
      }),
    put: (request, answer, receipt) => cache.put(request, answer, receipt).catch(onError),
  };
}
