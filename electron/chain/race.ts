import type { Clock } from "./clock.ts";
import type { PlannedLink } from "./plan.ts";
import type { PursuitEnd, PursuitEvent } from "./pursuit.ts";

/** A pursuit of one link, and how to end it. */
export interface Runner {
  planned: PlannedLink;
  events: AsyncGenerator<PursuitEvent, PursuitEnd, void>;
  abort(): void;
}

export interface RaceInput {
  clock: Clock;
  first: Runner;
  /** When the hedge starts, milliseconds from now. */
  afterMs: number;
  /** Starts the hedge; null when there is no link to hedge with. */
  second(): Runner | null;
  /** Whether another link may hedge in the place of this one, which was passed over or failed before anyone spoke. */
  mayReplace(hedge: Runner, end: PursuitEnd): boolean;
}

/** What a race tells: the events of its runners, each with its runner, until one of them has spoken. */
export interface RaceEvent {
  runner: Runner;
  event: PursuitEvent;
}

/** Who spoke first, with its first word still to come; or how all runners failed, the last one last. */
export type RaceEnd =
  | { winner: Runner; first: PursuitEvent }
  | { failed: { runner: Runner; end: PursuitEnd }[] };

type Move =
  | { runner: Runner; result: IteratorResult<PursuitEvent, PursuitEnd> }
  | { runner: null; result: null };

/**
 * Hedging: when the first runner has not spoken after a while, a second starts as well; the first to speak wins, and the
 * other is aborted (Dean and Barroso, "The Tail at Scale", 2013).
 */
export async function* race({
  clock,
  first,
  afterMs,
  second,
  mayReplace,
}: RaceInput): AsyncGenerator<RaceEvent, RaceEnd, void> {
  const failed: { runner: Runner; end: PursuitEnd }[] = [];
  const moves = new Map<Runner | null, Promise<Move>>();
  const ask = (runner: Runner) =>
    moves.set(
      runner,
      runner.events.next().then((result) => ({ runner, result })),
    );
  ask(first);
  let cancelTimer = () => {};
  moves.set(
    null,
    new Promise<Move>((resolve) => {
      cancelTimer = clock.after(afterMs, () => resolve({ runner: null, result: null }));
    }),
  );
  try {
    for (;;) {
      const { runner, result } = await Promise.race(moves.values());
      moves.delete(runner);
      if (runner === null) {
        const hedge = second();
        if (hedge) ask(hedge);
      } else if (result.done) {
        failed.push({ runner, end: result.value });
        if (![...moves.keys()].some((left) => left !== null)) return { failed };
        // The first is as late as before, and a link that is left alone now was no hedge.
        const other = runner !== first && mayReplace(runner, result.value) ? second() : null;
        if (other) ask(other);
      } else if (result.value.type === "delta") {
        yield* stopOthers(moves, runner);
        return { winner: runner, first: result.value };
      } else {
        yield { runner, event: result.value };
        ask(runner);
      }
    }
  } finally {
    cancelTimer();
    for (const runner of moves.keys()) runner?.abort();
  }
}

/** Aborts whoever else still runs, and tells how their attempts ended. */
async function* stopOthers(
  moves: ReadonlyMap<Runner | null, Promise<Move>>,
  winner: Runner,
): AsyncGenerator<RaceEvent, void, void> {
  for (const [runner, pending] of moves) {
    if (runner === null || runner === winner) continue;
    runner.abort();
    let { result } = await pending;
    while (result && !result.done) {
      yield { runner, event: result.value };
      result = await runner.events.next();
    }
  }
}
