// Writes resources/holdfast.schema.json, the JSON Schema of holdfast.yaml for editors, with what docs/config.md says of
// each key: npx node scripts/config-schema.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { configJsonSchema } from "../electron/store/index.ts";

const root = resolve(import.meta.dirname, "..");
export const schemaPath = join(root, "resources/holdfast.schema.json");

/** The schema that the program itself checks a config file with, described, as JSON text. */
export function schemaText(): string {
  const page = readFileSync(join(root, "docs/config.md"), "utf8");
  const schema = configJsonSchema();
  describe(schema, "", meaningsOf(page));
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** What the tables of docs/config.md say of each key, by its path in the schema; `[]` stands for an entry of a list. */
export function meaningsOf(page: string): Map<string, string> {
  const meanings = new Map<string, string>();
  let prefix: string | null = null;
  let columns: string[] = [];
  for (const line of page.split("\n")) {
    if (line.startsWith("## ")) prefix = line.includes("`fallback_chain`") ? "fallback_chain[]." : "";
    if (line.startsWith("## Environment")) prefix = null;
    const group = /^`(timeouts|retry|breaker)`/.exec(line)?.[1];
    if (group) prefix = `fallback_chain[].${group}.`;
    if (!line.startsWith("|") || prefix === null) continue;
    const cells = line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    if (cells[0] === "key" || cells[0] === "`check`") columns = cells;
    if (columns[0] !== "key") continue;
    for (const [, key] of (cells[0] ?? "").matchAll(/`([\w.]+)`/g))
      meanings.set(`${prefix}${key}`, textOf(cells, columns));
  }
  return meanings;
}

/** A row as text: what it means, then its type and default, or what its further columns say. */
function textOf(cells: readonly string[], columns: readonly string[]): string {
  const of = (name: string) => plain(cells[columns.indexOf(name)] ?? "");
  if (!columns.includes("meaning")) {
    const [, cloud = "", local = "", ends = ""] = cells.map(plain);
    return `${sentence(`ends the attempt when ${ends}`)}\nType: duration.\nDefault: ${cloud}; of local links ${local}.`;
  }
  const byDefault = of("default");
  const type = `Type: ${of("type")}.`;
  return [sentence(of("meaning")), type, ...(byDefault === "" ? [] : [`Default: ${byDefault}.`])].join("\n");
}

/** Markdown without its marks. */
const plain = (text: string): string => text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

interface Schema {
  [key: string]: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

function describe(schema: Schema, path: string, meanings: ReadonlyMap<string, string>): void {
  for (const [name, value] of Object.entries(schema.properties ?? {})) {
    const key = path === "" ? name : `${path}.${name}`;
    const meaning = meanings.get(key);
    if (meaning !== undefined) value.description = meaning;
    describe(value, key, meanings);
  }
  if (schema.items) describe(schema.items, `${path}[]`, meanings);
  for (const one of schema.anyOf ?? []) describe(one, path, meanings);
}

if (import.meta.main) writeFileSync(schemaPath, schemaText());
