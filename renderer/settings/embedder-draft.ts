import { type CacheEmbedder, config, problemWords } from "../../electron/contract/index.ts";

export type EmbedderKind = "bundled" | "file" | "ollama" | "openai-compatible";

/** The form for an embedder, as it is written. */
export interface EmbedderDraft {
  kind: EmbedderKind;
  path: string;
  model: string;
  baseUrl: string;
}

/** What is wrong, as sentences, by the field that it stands at. */
export type EmbedderErrors = Partial<Record<"path" | "model" | "baseUrl", string>>;

const names = { path: "The path", model: "The model", baseUrl: "The address" };

/** The form for what the config names; nothing named is the embedder that ships with the program. */
export function draftOf(embedder: CacheEmbedder | undefined): EmbedderDraft {
  const empty = { kind: "bundled", path: "", model: "", baseUrl: "" } as const;
  if (embedder === undefined) return empty;
  if (typeof embedder === "string") return { ...empty, kind: "file", path: embedder };
  const { provider, model, base_url = "" } = embedder;
  return { ...empty, kind: provider, model, baseUrl: base_url };
}

/** What the form says, checked as the config file is. `embedder` undefined is the one that ships with the program. */
export function readDraft(
  draft: EmbedderDraft,
): { embedder: CacheEmbedder | undefined } | { errors: EmbedderErrors } {
  const written = writtenIn(draft);
  const whole = { cache: { embedder: written } };
  const result = config.safeParse(whole);
  if (result.success) return { embedder: result.data.cache?.embedder };
  const errors: EmbedderErrors = {};
  for (const issue of result.error.issues) {
    const field = draft.kind === "file" ? "path" : issue.path.at(-1) === "base_url" ? "baseUrl" : "model";
    errors[field] ??= `${names[field]} ${problemWords(config, whole, issue)}.`;
  }
  return { errors };
}

function writtenIn({ kind, path, model, baseUrl }: EmbedderDraft): unknown {
  if (kind === "bundled") return undefined;
  if (kind === "file") return path.trim();
  const address = baseUrl.trim();
  return { provider: kind, model: model.trim(), ...(address !== "" && { base_url: address }) };
}
