import type { Clock, Link } from "../chain/index.ts";

/** Long enough for token counts that follow an answer, and too short for a person to wonder. */
const longestGraceMs = 2_000;

/** What the length of a grace depends on. */
export interface Grace {
  clock: Clock;
  link: Link;
  /** Lets go of the request: its answer is whole, and its stream still open. */
  giveUp(): void;
}

/**
 * The items of `source` to its end, but once those so far make a whole answer no longer than a grace of two seconds: some servers say that they are
 * finished and then keep the stream open. The grace ends before the link's idle limit would make a failure of a whole answer.
 *
 * Not a generator: every token of every answer comes by here, and only the last few have to be waited for in another way.
 */
export function withGrace<Item>(
  source: AsyncIterable<Item>,
  isWhole: () => boolean,
  { clock, link, giveUp }: Grace,
): AsyncIterableIterator<Item, undefined> {
  const items = source[Symbol.asyncIterator]();
  let over: Promise<null> | null = null;
  let stopWaiting = () => {};

  const endOfGrace = () =>
    new Promise<null>((resolve) => {
      const graceMs = Math.min(longestGraceMs, link.timeouts.idleMs / 2);
      stopWaiting = clock.after(graceMs, () => resolve(null));
    });
  const last = async (): Promise<IteratorResult<Item, undefined>> => {
    over ??= endOfGrace();
    const next = items.next();
    const result = await Promise.race([next, over]);
    if (result !== null && !result.done) return result;
    stopWaiting();
    if (result === null) {
      // Nobody waits for it any more, and it fails when the connection is given up.
      next.catch(() => undefined);
      giveUp();
    }
    return { done: true, value: undefined };
  };
  return {
    next: () => (isWhole() ? last() : items.next()),
    async return() {
      stopWaiting();
      // Not waited for: behind an item that never comes, neither would this.
      items.return?.().catch(() => undefined);
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
