import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from "yaml";

/** Where a key stands, from the root: names of keys and numbers of list entries. */
export type KeyPath = readonly (string | number)[];

/** What is wrong with a place in a config file. Line and column count from 1; `path` is empty for the whole file. */
export interface ConfigProblem {
  line: number;
  column: number;
  path: string;
  message: string;
}

/** A scalar of the file, with the place where its key (or list entry) begins. */
export interface SourceScalar {
  path: KeyPath;
  value: unknown;
}

/** `fallback_chain[1].timeout`. */
export function pathText(path: KeyPath): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}

/** A YAML or JSON text, parsed with its positions. JSON is read as YAML, which contains it. */
export class ConfigSource {
  /** Problems of the notation itself. */
  readonly problems: ConfigProblem[] = [];
  /** Whether the notation is good enough for `value` to be checked: nothing worse than a key that stands twice. */
  readonly readable: boolean;
  readonly scalars: SourceScalar[] = [];
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #offsets = new Map<string, number>();
  readonly #pathsByOffset = new Map<number, string>();

  constructor(text: string) {
    // Without prettyErrors messages hold no excerpt of the file, which might be a secret.
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    this.#walk(this.#document.contents, []);
    const { errors } = this.#document;
    this.readable = this.problems.length === 0 && errors.every(({ code }) => code === "DUPLICATE_KEY");
    for (const error of [...errors, ...this.#document.warnings]) {
      this.#report(error.pos[0], this.#pathsByOffset.get(error.pos[0]) ?? "", notationMessage(error));
    }
  }

  /** The file as plain data; an empty file is an empty group of keys. */
  value(): unknown {
    return this.#document.toJS() ?? {};
  }

  /** A problem at a path, or at the nearest place above it that is in the file. */
  problem(path: KeyPath, message: string): ConfigProblem {
    let known = path.length;
    while (known > 0 && !this.#offsets.has(pathText(path.slice(0, known)))) known -= 1;
    const offset = this.#offsets.get(pathText(path.slice(0, known))) ?? 0;
    return { ...this.#position(offset), path: pathText(path), message };
  }

  #walk(node: unknown, path: KeyPath): void {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (!isScalar(key)) {
          this.#report(offsetOf(key), pathText(path), "has a key that is not plain text: write it as text");
          continue;
        }
        const here = [...path, String(key.value)];
        this.#place(here, offsetOf(key));
        this.#walk(value, here);
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        this.#place([...path, index], offsetOf(item));
        this.#walk(item, [...path, index]);
      }
    } else if (isScalar(node)) {
      this.scalars.push({ path, value: node.value });
    } else if (isAlias(node) && node.resolve(this.#document) === undefined) {
      this.#report(
        offsetOf(node),
        pathText(path),
        `*${node.source} stands for nothing: no &${node.source} comes before it`,
      );
    }
  }

  #place(path: KeyPath, offset: number): void {
    const text = pathText(path);
    // Of a key that stands twice the last one counts, as it does in the value.
    this.#offsets.set(text, offset);
    this.#pathsByOffset.set(offset, text);
  }

  #report(offset: number, path: string, message: string): void {
    this.problems.push({ ...this.#position(offset), path, message });
  }

  #position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
}

/** How to mend the mistakes that people make most; the parser's own words for the others. */
function notationMessage({ code, message }: YAMLError): string {
  switch (code) {
    case "DUPLICATE_KEY":
      return "stands twice in the same group: keep one of them";
    case "TAB_AS_INDENT":
      return "this line is indented with a tab: use spaces";
    case "MULTIPLE_DOCS":
      return "a second document begins here (---): keep one document in the file";
    case "TAG_RESOLVE_FAILED":
      return "the tag (!) is not known here: leave it out, or put the text in quotes";
    default:
      return `this is not valid YAML or JSON: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  }
}
