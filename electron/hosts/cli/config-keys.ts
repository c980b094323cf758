import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** A key of the config file, as its published schema tells of it. `[]` stands for each entry of a list. */
export interface ConfigKey {
  key: string;
  /** What it means, its type and its default; null for a group that says nothing of its own. */
  description: string | null;
  /** The words that it may be, where that is a closed list. */
  choices: readonly string[];
  isGroup: boolean;
}

interface Node {
  description?: string | undefined;
  enum?: unknown[] | undefined;
  properties?: Record<string, Node> | undefined;
  items?: Node | undefined;
  anyOf?: Node[] | undefined;
}
const node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    description: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    properties: z.record(z.string(), node).optional(),
    items: node.optional(),
    anyOf: z.array(node).optional(),
  }),
);

/** The text of the published schema. */
export const schemaOf = (resources: string): string =>
  readFileSync(join(resources, "holdfast.schema.json"), "utf8");

/** Every key, groups before what is in them, in the order of the schema. */
export function configKeys(schema: string): ConfigKey[] {
  return [...keysOf(node.parse(JSON.parse(schema)), "")];
}

function* keysOf(of: Node, path: string): Generator<ConfigKey> {
  const seen = new Set<string>();
  for (const one of [of, ...(of.anyOf ?? [])]) {
    for (const [name, value] of Object.entries(one.properties ?? {})) {
      if (seen.has(name)) continue;
      seen.add(name);
      const key = path === "" ? name : `${path}.${name}`;
      const kinds = [value, ...(value.anyOf ?? [])];
      yield {
        key,
        description: value.description ?? null,
        choices: kinds.flatMap((kind) => kind.enum ?? []).map(String),
        isGroup: kinds.some((kind) => kind.properties !== undefined || kind.items?.properties !== undefined),
      };
      yield* keysOf(value, key);
    }
    if (one.items) yield* keysOf(one.items, `${path}[]`);
  }
}

/** The keys that a person may have meant: one, a group with all in it, or all that end in the word. */
export function meantKeys(keys: readonly ConfigKey[], written: string): ConfigKey[] {
  const wanted = plain(written);
  const under = keys.filter(({ key }) => plain(key) === wanted || plain(key).startsWith(`${wanted}.`));
  return under.length > 0 ? under : keys.filter(({ key }) => plain(key).endsWith(`.${wanted}`));
}

/** `fallback_chain[0].retry` and `fallback_chain.retry` mean the same. */
const plain = (key: string): string => key.replace(/\[[^\]]*\]/g, "");
