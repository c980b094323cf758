/** Time as the chain sees it, so that tests can turn it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only ever grow, for measuring. */
  monotonic(): number;
  /** Calls `then` once after `ms`, never sooner; the function given back takes that back. */
  after(ms: number, then: () => void): () => void;
}

/** Beyond this Node takes a timer for one of a millisecond. */
const longestTimerMs = 2 ** 31 - 1;

/** A timer may ring this much before its time: Node's count whole milliseconds. */
export const earlyMs = 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, then) {
    const due = performance.now() + ms;
    const wait = () => setTimeout(look, Math.max(0, Math.min(due - performance.now(), longestTimerMs)));
    // Node counts from the beginning of the tick that sets a timer, so that one may come early: a deadline would not have passed yet.
    const look = () => {
      if (performance.now() >= due) then();
      else timer = wait();
    };
    let timer = wait();
    return () => clearTimeout(timer);
  },
};
