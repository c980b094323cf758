import { z } from "zod";
import type { LocalServer } from "../contract/index.ts";

/** Where servers of models listen unless told otherwise, by their own documentation. */
export const usualServerPorts = {
  ollama: 11_434,
  "lm-studio": 1_234,
  jan: 1_337,
  vllm: 8_000,
  "llama-server": 8_080,
} as const satisfies Partial<Record<LocalServer["kind"], number>>;

export interface LookOptions {
  /** Ports of this machine. */
  ports: readonly number[];
  fetch: typeof fetch;
  signal: AbortSignal;
  /** How long one question may take, milliseconds; default 2 seconds. */
  patienceMs?: number;
}

type FoundServer = Omit<LocalServer, "models"> & { models: Omit<LocalServer["models"][number], "link">[] };

const names: Record<LocalServer["kind"], string> = {
  ollama: "Ollama",
  "llama-server": "llama-server",
  "lm-studio": "LM Studio",
  vllm: "vLLM",
  jan: "Jan",
  other: "A server that speaks as OpenAI does",
};

const size = z.number().positive().nullish().catch(null);
const versionShape = z.looseObject({ version: z.string() });
const tagsShape = z.looseObject({ models: z.array(z.looseObject({ name: z.string() })) });
const listShape = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      owned_by: z.string().nullish().catch(null),
      max_model_len: size,
      meta: z.looseObject({ n_ctx: size }).nullish().catch(null),
    }),
  ),
});
const propsShape = z.looseObject({
  default_generation_settings: z.looseObject({ n_ctx: size }),
  modalities: z.looseObject({ vision: z.boolean() }).nullish().catch(null),
  build_info: z.string().nullish().catch(null),
});
const lmStudioShape = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      type: z.enum(["llm", "vlm", "embeddings"]).nullish().catch(null),
      max_context_length: size,
      loaded_context_length: size,
    }),
  ),
});

/** One answer of a server: its status, and its JSON where it is some; null where nothing answers in HTTP. */
interface Said {
  status: number;
  body: unknown;
}

/** No list of models needs more. */
const mostBytes = 2 * 1024 * 1024;

/**
 * Looks on these ports of this machine for servers with models, and tells them apart by what they answer. It only reads, follows no redirect,
 * and goes nowhere else. In the order of the ports.
 */
export async function lookForServers({
  ports,
  fetch,
  signal,
  patienceMs = 2_000,
}: LookOptions): Promise<FoundServer[]> {
  const found = await Promise.all(
    [...new Set(ports)].map((port) => {
      const ask = async (path: string): Promise<Said | null> => {
        try {
          const response = await fetch(`http://127.0.0.1:${port}${path}`, {
            headers: { accept: "application/json" },
            redirect: "manual",
            signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
          });
          return { status: response.status, body: await jsonOf(response) };
        } catch {
          signal.throwIfAborted();
          return null;
        }
      };
      return identify(port, ask);
    }),
  );
  return found.filter((server) => server !== null);
}

type Ask = (path: string) => Promise<Said | null>;

async function identify(port: number, ask: Ask): Promise<FoundServer | null> {
  const version = versionShape.safeParse((await ask("/api/version"))?.body);
  if (version.success) {
    const tags = tagsShape.safeParse((await ask("/api/tags"))?.body);
    if (tags.success) return ollama(port, version.data.version, tags.data.models);
  }
  const listed = await ask("/v1/models");
  if (listed === null) return null;
  const base = { base_url: `http://127.0.0.1:${port}/v1`, version: null, needs_key: false };
  if (listed.status === 401 || listed.status === 403) {
    // Any program may want a key there. One with models says so in JSON, except for Jan.
    return listed.body === null && port !== usualServerPorts.jan ? null : locked(port, base, ask);
  }
  const list = listShape.safeParse(listed.body);
  if (!list.success) return null;
  const models = list.data.data.map(({ id, max_model_len, meta }) => ({
    id,
    context: max_model_len ?? meta?.n_ctx ?? null,
    vision: null,
  }));
  const owners = new Set(list.data.data.map(({ owned_by }) => owned_by));
  if (owners.has("vllm")) {
    const told = versionShape.safeParse((await ask("/version"))?.body);
    return { ...base, kind: "vllm", name: names.vllm, version: told.data?.version ?? null, models };
  }
  const props = propsShape.safeParse((await ask("/props"))?.body);
  if (props.success) return llamaServer(base, props.data, models);
  const rich = lmStudioShape.safeParse((await ask("/api/v0/models"))?.body);
  if (rich.success) return lmStudio(base, rich.data);
  const kind = port === usualServerPorts.jan ? "jan" : "other";
  return { ...base, kind, name: names[kind], models };
}

type Base = Pick<FoundServer, "base_url" | "version" | "needs_key">;

/** What answers only with a key is known by other doors of it, or by its port. */
async function locked(port: number, base: Base, ask: Ask): Promise<FoundServer | null> {
  const props = await ask("/props");
  const health = props?.status === 401 ? await ask("/health") : null;
  const isLlama = z.looseObject({ status: z.string() }).safeParse(health?.body).success;
  const [byPort] = Object.entries(usualServerPorts).find(([, usual]) => usual === port) ?? ["other"];
  const kind = isLlama ? "llama-server" : (byPort as LocalServer["kind"]);
  return { ...base, needs_key: true, kind, name: names[kind], models: [] };
}

function ollama(port: number, version: string, tags: readonly { name: string }[]): FoundServer {
  const models = tags.map(({ name }) => ({ id: name, context: null, vision: null }));
  const base_url = `http://127.0.0.1:${port}`;
  return { kind: "ollama", name: names.ollama, base_url, version, needs_key: false, models };
}

function llamaServer(
  base: Base,
  props: z.infer<typeof propsShape>,
  models: FoundServer["models"],
): FoundServer {
  // With one model loaded its context is the server's; a router of several has 0 there.
  const context = props.default_generation_settings.n_ctx ?? null;
  const vision = props.modalities?.vision ?? null;
  return {
    ...base,
    kind: "llama-server",
    name: names["llama-server"],
    version: props.build_info ?? null,
    models: models.map((model) => ({ ...model, context: context ?? model.context, vision })),
  };
}

function lmStudio(base: Base, { data }: z.infer<typeof lmStudioShape>): FoundServer {
  const models = data
    .filter(({ type }) => type !== "embeddings")
    .map(({ id, type, loaded_context_length, max_context_length }) => ({
      id,
      // Until it is loaded nobody knows with how much of its context that will be.
      context: loaded_context_length ?? max_context_length ?? null,
      vision: type === null || type === undefined ? null : type === "vlm",
    }));
  return { ...base, kind: "lm-studio", name: names["lm-studio"], models };
}

/** The JSON of a response; null where it is none, or more of it than any server needs. */
async function jsonOf(response: Response): Promise<unknown> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > mostBytes) return null;
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
