/** How likely a pair with these counters (`featureNames`) asks the same thing, 0 to 1. */
export function scored([similarity = 0, onlyMin = 0, onlyMax = 0]: readonly number[]): number {
  if (onlyMin === 0 && onlyMax === 0) return 0.9;
  return onlyMin === 0 && onlyMax === 1 && similarity >= 0.9 ? 0.6 : 0.2;
}
