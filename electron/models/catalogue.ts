import { readFileSync } from "node:fs";
import { z } from "zod";
import { type CatalogueEntry, catalogueEntry } from "../contract/index.ts";

/** Reads the catalogue of models that ships with the program. Throws when it does not fit its schema. */
export function loadCatalogue(path: string): CatalogueEntry[] {
  return z.array(catalogueEntry).parse(JSON.parse(readFileSync(path, "utf8")));
}

/** The entries in which each of the words stands somewhere. */
export function searchCatalogue(entries: readonly CatalogueEntry[], text: string): CatalogueEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ id, name, repository, licence, strengths, kind }) => {
    const all = [id, name, repository, licence, strengths, kind].join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
