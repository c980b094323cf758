/** How one mechanism of `docs/seeds.md` is switched off, and the test that must then fail. */
export interface Proof {
  /** Below `electron/`. */
  file: string;
  /** A piece of the file that stands in it exactly once. */
  source: string;
  /** What it becomes: the same code without the mechanism. */
  replacement: string;
  test: {
    /** Below `tests/`. */
    file: string;
    /** The title as the file has it; `%s`, `%o` and `$name` stand for anything. */
    title: string;
  };
}

/** The proofs of each mechanism, by its first column in `docs/seeds.md`. */
export type Proofs = Readonly<Record<string, readonly Proof[]>>;

/** In `file`, `source` becomes `replacement`: then the test `title` of `testFile` must fail. */
export const off = (
  file: string,
  [source, replacement]: readonly [source: string, replacement: string],
  [testFile, title]: readonly [file: string, title: string],
): Proof => ({ file, source, replacement, test: { file: testFile, title } });

/** Vitest's pattern for a title as it stands in a test file. */
export function patternOf(title: string): string {
  const escaped = title.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");
  return escaped.replaceAll(/%[sdifjo]|\\\$\w+/g, ".*");
}
