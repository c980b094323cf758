import type { Token } from "node-llama-cpp";

/** How many tokens both lists begin with alike. */
export function commonPrefix(a: readonly Token[], b: readonly Token[]): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a[at] === b[at]) at++;
  return at;
}

/** A part of `kept` that has to go so that the rest is the beginning of what is wanted. */
export interface Gap {
  start: number;
  end: number;
  /** Tokens behind the gap that stay. */
  tail: number;
}

/** Fewer tokens behind a gap are not worth moving: they are evaluated again as quickly. */
const worthMoving = 32;
/** How much of what follows a gap has to be wanted. Less is another conversation that happens to quote this one. */
const mostOfTail = 0.9;

/**
 * Where a conversation has lost its oldest turns: the beginning of `kept` is still wanted, then comes a part that is not, and
 * behind it what follows. Null when no such part is found whose removal spares enough.
 */
export function gapBetween(kept: readonly Token[], wanted: readonly Token[]): Gap | null {
  const start = commonPrefix(kept, wanted);
  let best: Gap | null = null;
  for (let end = start + 1; end < kept.length; end++) {
    if (kept.length - end <= (best?.tail ?? worthMoving - 1)) break; // no longer tail can follow
    let tail = 0;
    while (
      start + tail < wanted.length &&
      end + tail < kept.length &&
      kept[end + tail] === wanted[start + tail]
    )
      tail++;
    const isEnough = tail >= worthMoving && tail >= (kept.length - end) * mostOfTail;
    if (isEnough && tail > (best?.tail ?? 0)) best = { start, end, tail };
  }
  return best;
}

/** A conversation in memory. */
export interface Kept {
  tokens: readonly Token[];
  /** Whether its tokens may be moved to other places, see `gapBetween`. */
  canMove: boolean;
  /** Larger for a later use. */
  usedAt: number;
}

/** Which of the conversations in memory gives its place to a prompt, and which one's beginning is copied into it first. */
export interface Place {
  into: number;
  from: number | null;
}

/** A conversation that goes on, or whose last turn was changed, loses at most this share. */
const littleLost = 0.25;
/** Shorter beginnings are evaluated again as quickly as they are copied. */
const worthCopying = 32;

/**
 * Where a prompt is to be evaluated: in the conversation that it continues or asks again, where little of that is lost;
 * else in the one that was not used for the longest time, after the longest common beginning, such as the system prompt, was copied there.
 */
export function placeFor(prompt: readonly Token[], kept: readonly Kept[]): Place {
  const shared = kept.map(({ tokens }) => commonPrefix(tokens, prompt));
  const most = Math.max(...shared);
  const nearest = shared.indexOf(most);
  const length = kept[nearest]?.tokens.length ?? 0;
  const isAgain = most > 0 && most === prompt.length;
  if (isAgain || most > length * (1 - littleLost)) return { into: nearest, from: null };
  const moved = kept.findIndex(({ tokens, canMove }) => canMove && gapBetween(tokens, prompt) !== null);
  if (moved !== -1) return { into: moved, from: null };
  const oldest = kept.reduce(
    (into, { usedAt }, index) => (usedAt < (kept[into]?.usedAt ?? 0) ? index : into),
    0,
  );
  return { into: oldest, from: most >= worthCopying && nearest !== oldest ? nearest : null };
}
