// Writes resources/holdfast.schema.json, the JSON Schema of holdfast.yaml for editors: npx node scripts/config-schema.ts
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { configJsonSchema } from "../electron/store/index.ts";

export const schemaPath = join(resolve(import.meta.dirname, ".."), "resources/holdfast.schema.json");

/** The schema that the program itself checks a config file with, as JSON text. */
export const schemaText = (): string => `${JSON.stringify(configJsonSchema(), null, 2)}\n`;

if (import.meta.main) writeFileSync(schemaPath, schemaText());
