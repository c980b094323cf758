import { implement } from "@orpc/server";
import {
  api,
  type LocalServer,
  type OllamaModelInfo,
  type OllamaState,
} from "../../../electron/contract/index.ts";

/** What the page sees of servers on this machine, and how a test changes it. */
export interface FakeLocal {
  state: { value: OllamaState; watch(signal: AbortSignal | undefined): AsyncGenerator<OllamaState> };
  servers: LocalServer[];
  /** What was asked, such as `pull llama3.2:1b`. */
  asked: string[];
}

export function ollamaState(over: Partial<OllamaState> = {}): OllamaState {
  return {
    state: "not_installed",
    base_url: "http://127.0.0.1:11434",
    version: null,
    program: null,
    started_here: false,
    trouble: null,
    models: [],
    pulls: [],
    missing: [],
    ...over,
  };
}

export function ollamaModel(over: Partial<OllamaModelInfo> = {}): OllamaModelInfo {
  return {
    name: "llama3.2:1b",
    size_bytes: 1_321_098_329,
    parameters: "1.2B",
    quantisation: "Q8_0",
    context: 131_072,
    capabilities: ["completion", "tools"],
    remote_host: null,
    loaded: null,
    link: null,
    ...over,
  };
}

/** Ollama's procedures over a state that the test sets. */
export function fakeOllama({ state, asked }: FakeLocal) {
  const os = implement(api.ollama);
  const noted =
    (what: string) =>
    ({ input }: { input: { name: string } }) =>
      void asked.push(`${what} ${input.name}`);
  const answered = (what: string) => () => {
    asked.push(what);
    return state.value;
  };
  return os.router({
    watch: os.watch.handler(({ signal }) => state.watch(signal)),
    refresh: os.refresh.handler(answered("refresh")),
    start: os.start.handler(answered("start")),
    stop: os.stop.handler(answered("stop")),
    pull: os.pull.handler(noted("pull")),
    pause: os.pause.handler(noted("pause")),
    cancel: os.cancel.handler(noted("cancel")),
    remove: os.remove.handler(noted("remove")),
    use: os.use.handler(({ input }) => {
      asked.push(`use ${input.name}`);
      return { link: "ollama" };
    }),
    warm: os.warm.handler(noted("warm")),
    unload: os.unload.handler(noted("unload")),
  });
}

/** The look for servers, which finds what the test set. */
export function fakeServers({ servers, asked }: FakeLocal) {
  const os = implement(api.servers);
  return os.router({
    look: os.look.handler(({ input }) => {
      asked.push(`look ${(input.ports ?? []).join(" ")}`.trim());
      return servers;
    }),
    add: os.add.handler(({ input }) => {
      asked.push(`add ${input.base_url} ${input.model}`);
      return { link: "lm-studio" };
    }),
  });
}
