import { implement, ORPCError } from "@orpc/server";
import {
  api,
  type InstalledModel,
  type ModelFit,
  type ModelsState,
} from "../../../electron/contract/index.ts";

/** What the page sees of models, and how a test changes it. */
export interface FakeModels {
  state: { value: ModelsState; watch(signal: AbortSignal | undefined): AsyncGenerator<ModelsState> };
  /** What was asked, such as `use llama-3.2-1b`. */
  asked: string[];
}

export const fits: ModelFit = {
  verdict: "fits",
  reason: "It needs about 1.4 GB of memory.",
  memory_bytes: 1.4e9,
  tokens_per_second: 12,
  measured: false,
};

export function installedModel(over: Partial<InstalledModel> = {}): InstalledModel {
  return {
    id: "starter",
    name: "Starter",
    path: "/app/resources/models/starter.gguf",
    size_bytes: 7_707_296,
    origin: "bundled",
    kind: "chat",
    verified: null,
    sha256: null,
    source: null,
    licence: null,
    link: "starter",
    fit: { ...fits, measured: true, tokens_per_second: 800 },
    ...over,
  };
}

export function modelsState(over: Partial<ModelsState> = {}): ModelsState {
  return {
    installed: [installedModel()],
    available: [],
    downloads: [],
    machine: {
      memory_bytes: 16e9,
      free_memory_bytes: 9e9,
      vram_bytes: null,
      free_disk_bytes: 120e9,
      folder: "/home/person/holdfast/models",
      weights_bytes_per_second: null,
      device: null,
    },
    ...over,
  };
}

/** The models' procedures over a state that the test sets. */
export function fakeModels({ state, asked }: FakeModels) {
  const os = implement(api.models);
  const noted =
    (what: string) =>
    ({ input }: { input: { id: string } }) =>
      void asked.push(`${what} ${input.id}`);
  return os.router({
    get: os.get.handler(() => state.value),
    watch: os.watch.handler(({ signal }) => state.watch(signal)),
    add: os.add.handler(({ input }) => {
      asked.push(`add ${input.reference}`);
      if (input.reference === "missing")
        throw new ORPCError("NOT_FOUND", { message: "The hub does not have it." });
      return { state: "downloading" as const, id: input.reference };
    }),
    pause: os.pause.handler(noted("pause")),
    resume: os.resume.handler(noted("resume")),
    cancel: os.cancel.handler(noted("cancel")),
    remove: os.remove.handler(noted("remove")),
    verify: os.verify.handler(({ input }) => {
      asked.push(`verify ${input.id}`);
      return { ok: true, how: "header" as const, detail: "The file is whole by its header." };
    }),
    use: os.use.handler(({ input }) => {
      asked.push(`use ${input.id}`);
      return { link: "local" };
    }),
    info: os.info.handler(({ input }) => ({
      name: input.reference,
      source: input.reference,
      size_bytes: null,
      sha256: null,
      licence: null,
      context: null,
      architecture: null,
      fit: fits,
    })),
    search: os.search.handler(() => [
      { repository: "owner/some-GGUF", downloads: 1200, licence: "apache-2.0" },
    ]),
    rescan: os.rescan.handler(() => void asked.push("rescan")),
    benchmark: os.benchmark.handler(({ input }) => {
      asked.push(`benchmark ${input.id}`);
      return {
        model: input.id ?? "starter",
        tokens_per_second: 31.4,
        prompt_tokens_per_second: 220,
        load_ms: 410,
        device: "cpu",
      };
    }),
    try: os.try.handler(async function* ({ input }) {
      yield { text: "You said: " };
      yield { text: input.text };
    }),
  });
}
