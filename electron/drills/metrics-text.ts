/** One series of a reading of `/metrics`. */
export interface Series {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** A reading, `atMs` from the drill's start. */
export interface Sample {
  atMs: number;
  series: readonly Series[];
}

const linePattern = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const labelPattern = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export function seriesOf(text: string): Series[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = linePattern.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(labelPattern)].map(([, key = "", said = ""]) => [key, unescaped(said)]);
    return { name, labels: Object.fromEntries(pairs), value: Number(value) };
  });
}

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, character) => (character === "n" ? "\n" : character));

/** The sum of the series with this name and (at least) these labels; 0 where there is none, as before a counter's first count. */
export function valueIn(
  { series }: Sample,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const wanted = Object.entries(labels);
  return series
    .filter((one) => one.name === name && wanted.every(([key, value]) => one.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
