import type { Clock, Link } from "../chain/index.ts";

/** Long enough for token counts that follow an answer, and too short for a person to wonder. */
const longestGraceMs = 2_000;

/** What the length of a grace depends on. */
export interface Grace {
  clock: Clock;
  link: Link;
}

/**
 * The items of `source` to its end, but once those so far make a whole answer no longer than a grace of two seconds: some servers say that they are
 * finished and then keep the stream open. The grace ends before the link's idle limit would make a failure of a whole answer.
 */
export async function* withGrace<Item>(
  source: AsyncIterable<Item>,
  isWhole: () => boolean,
  { clock, link }: Grace,
): AsyncGenerator<Item, void> {
  const items = source[Symbol.asyncIterator]();
  const over = Promise.withResolvers<null>();
  let stopWaiting: (() => void) | null = null;
  try {
    for (;;) {
      if (isWhole()) {
        const graceMs = Math.min(longestGraceMs, link.timeouts.idleMs / 2);
        stopWaiting ??= clock.after(graceMs, () => over.resolve(null));
      }
      const next = items.next();
      const result = await Promise.race([next, over.promise]);
      if (result === null) {
        // Nobody waits for it any more, and it fails when the connection is given up.
        next.catch(() => undefined);
        return;
      }
      if (result.done) return;
      yield result.value;
    }
  } finally {
    stopWaiting?.();
    // Not waited for: behind an item that never comes, neither would this.
    items.return?.().catch(() => undefined);
  }
}
