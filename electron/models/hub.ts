import { z } from "zod";
import type { FoundModel } from "../contract/index.ts";
import { ModelError } from "./errors.ts";
import { getOk } from "./http.ts";

/** A file that can be downloaded, and what is known of it. */
export interface RemoteFile {
  url: string;
  fileName: string;
  /** What the person sees as its source, such as `hf:owner/repo:file`. */
  source: string;
  sizeBytes: number | null;
  sha256: string | null;
  /** Sent to `url`'s own origin only. */
  token: string | null;
}

const tree = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.number(),
    lfs: z.object({ oid: z.string(), size: z.number() }).optional(),
  }),
);
const found = z.array(
  z.object({ id: z.string(), downloads: z.number().optional(), tags: z.array(z.string()).optional() }),
);

/** What is taken of a repository when only its name is given, best first: small, and hardly worse than the original. */
const usualChoices = ["Q4_K_M", "Q4_K_S", "Q4_0", "Q5_K_M", "Q8_0"];
const searchLimit = 20;

export interface HubOptions {
  fetch: typeof fetch;
  /** `https://huggingface.co`, or a mirror that speaks the same. */
  endpoint: string;
  /** For gated models: `HF_TOKEN`. */
  token: string | null;
}

/** Hugging Face's hub, or a mirror of it (https://huggingface.co/docs/hub/api). */
export class Hub {
  readonly #options: HubOptions;

  constructor(options: HubOptions) {
    this.#options = { ...options, endpoint: options.endpoint.replace(/\/+$/, "") };
  }

  /** The file that is meant, with the size and the SHA-256 that the hub keeps of it. */
  async file(
    repository: string,
    revision: string,
    wanted: string | null,
    signal: AbortSignal,
  ): Promise<RemoteFile> {
    const { endpoint, token } = this.#options;
    const path = `/api/models/${repository}/tree/${encodeURIComponent(revision)}?recursive=true`;
    const files = await this.#read(path, tree, signal, `the repository ${repository}`);
    const models = files.filter(({ type, path }) => type === "file" && /\.gguf$/i.test(path));
    const file = choose(models, wanted, repository);
    const sha256 = file.lfs?.oid.replace(/^sha256:/, "") ?? null;
    return {
      url: `${endpoint}/${repository}/resolve/${encodeURIComponent(revision)}/${file.path.split("/").map(encodeURIComponent).join("/")}`,
      fileName: file.path.split("/").at(-1) as string,
      source: `hf:${repository}:${file.path}`,
      sizeBytes: file.lfs?.size ?? file.size,
      sha256: sha256 !== null && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : null,
      token,
    };
  }

  /** Repositories with GGUF files, most downloaded first. */
  async search(text: string, signal: AbortSignal): Promise<FoundModel[]> {
    const query = new URLSearchParams({
      search: text,
      filter: "gguf",
      sort: "downloads",
      limit: `${searchLimit}`,
    });
    const models = await this.#read(`/api/models?${query}`, found, signal, "the hub's search");
    return models.map(({ id, downloads, tags }) => ({
      repository: id,
      downloads: downloads ?? null,
      licence: tags?.find((tag) => tag.startsWith("license:"))?.slice("license:".length) ?? null,
    }));
  }

  async #read<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal, what: string): Promise<T> {
    const { fetch, endpoint, token } = this.#options;
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await getOk(fetch, `${endpoint}${path}`, { headers, signal }, what);
    const body = schema.safeParse(await response.json().catch(() => null));
    if (body.success) return body.data;
    throw new ModelError(
      "network",
      `${endpoint} did not answer as Hugging Face's hub does. Check models.hub in the config, or HF_ENDPOINT.`,
      body.error,
    );
  }
}

type TreeFile = z.infer<typeof tree>[number];

function choose(models: readonly TreeFile[], wanted: string | null, repository: string): TreeFile {
  if (models.length === 0)
    throw new ModelError(
      "not_found",
      `${repository} has no GGUF file. Look for a repository whose name ends in -GGUF.`,
    );
  const whole = models.filter(({ path }) => !/-\d{5}-of-\d{5}\.gguf$/i.test(path));
  const matches = (file: TreeFile, what: string) =>
    file.path === what || file.path.toLowerCase().includes(`${what.toLowerCase()}.gguf`);
  const choices = wanted === null ? usualChoices : [wanted];
  const exact = models.find(({ path }) => path === wanted);
  const file =
    exact ??
    choices.flatMap((choice) => whole.filter((one) => matches(one, choice))).at(0) ??
    (wanted === null ? whole[0] : undefined);
  if (file === undefined) {
    const have = whole.map(({ path }) => path).join(", ") || "only models in several parts";
    throw new ModelError("not_found", `${repository} has no file "${wanted ?? "*.gguf"}". It has: ${have}.`);
  }
  if (/-\d{5}-of-\d{5}\.gguf$/i.test(file.path))
    throw new ModelError(
      "invalid",
      `${file.path} is one part of several, which Holdfast does not join. Choose a whole file.`,
    );
  return file;
}
