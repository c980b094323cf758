import { isAbsolute } from "node:path";
import { ModelError } from "./errors.ts";

/** What a person may name a model by. */
export type Reference =
  | { type: "catalogue"; id: string }
  /** `wanted` is a file of the repository, a quantisation such as `Q4_K_M`, or null for the hub's usual choice. */
  | { type: "hub"; repository: string; revision: string; wanted: string | null }
  | { type: "url"; url: string }
  | { type: "path"; path: string };

const name = "[A-Za-z0-9][A-Za-z0-9._-]*";
const hubName = new RegExp(`^(?:hf:)?(${name}/${name})(?::([^:]+))?$`);
const hubPath = new RegExp(`^/(${name}/${name})(?:/(?:resolve|blob)/([^/]+)/(.+))?$`);

/**
 * Reads a reference. `isPath` says whether something is there of that name, so that a relative path is told from a repository.
 * Throws a ModelError `invalid`.
 */
export function parseReference(text: string, hub: string, isPath: (path: string) => boolean): Reference {
  const trimmed = text.trim().replace(/^"(.*)"$/, "$1");
  if (/^https?:\/\//i.test(trimmed)) return fromUrl(trimmed, hub);
  if (isAbsolute(trimmed) || isPath(trimmed)) return { type: "path", path: trimmed };
  if (/^[a-z]+:\/\//i.test(trimmed))
    throw new ModelError("invalid", `"${trimmed}" can't be downloaded: only http and https addresses can.`);
  const [, repository, wanted] = hubName.exec(trimmed) ?? [];
  if (repository !== undefined && !trimmed.startsWith("./"))
    return { type: "hub", repository, revision: "main", wanted: wanted ?? null };
  if (/^[a-z0-9][a-z0-9.-]*$/.test(trimmed)) return { type: "catalogue", id: trimmed };
  throw new ModelError(
    "invalid",
    `"${trimmed}" names no model. Give an id of the catalogue, owner/repository:file of Hugging Face, an address, or the path of a .gguf file.`,
  );
}

function fromUrl(text: string, hub: string): Reference {
  if (!URL.canParse(text)) throw new ModelError("invalid", `"${text}" is not an address.`);
  const url = new URL(text);
  const onHub = ["huggingface.co", "hf.co", new URL(hub).host].includes(url.host);
  const [, repository, revision = "main", file] = (onHub && hubPath.exec(decodeURI(url.pathname))) || [];
  if (repository !== undefined) return { type: "hub", repository, revision, wanted: file ?? null };
  return { type: "url", url: url.href };
}
