/** Of an ascending list of measurements, the value below which a part of `q` (0 to 1) lies, interpolated. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined)
    throw new RangeError("there is nothing to take a quantile of");
  return below + (above - below) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The slope of the straight line through the points that leaves the least squares. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  let above = 0;
  let below = 0;
  for (const [x, y] of points) {
    above += (x - meanX) * (y - meanY);
    below += (x - meanX) ** 2;
  }
  return above / below;
}

/** Differences from the first list, measurement by measurement: what was taken in the same round had the same weather. */
export function paired(values: readonly number[], base: readonly number[]): number[] {
  return values.map((value, index) => value - (base[index] ?? Number.NaN));
}

export interface Rounds {
  rounds: number;
  /** Rounds before these, of which nothing is kept. */
  warmUp: number;
}

/**
 * Measures several things in turn, A B C, C B A, A B C and so on, so that whatever else the machine does meanwhile
 * falls on all of them alike. Gives what each of them gave, round by round.
 */
export async function inTurn<Name extends string, Measured>(
  { rounds, warmUp }: Rounds,
  things: Readonly<Record<Name, () => Promise<Measured>>>,
): Promise<Record<Name, Measured[]>> {
  const names = Object.keys(things) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Measured[]>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await things[name]();
      if (round >= 0) measured[name].push(value);
    }
  }
  return measured;
}
