import { styleText } from "node:util";
import type { App } from "../../app/index.ts";
import type { LocalServer, OllamaModelInfo, OllamaPull, OllamaState } from "../../contract/index.ts";
import { inBytes, ModelError } from "../../models/index.ts";
import { withTag } from "../../providers/index.ts";
import type { Work } from "./models.ts";
import type { Terminal } from "./terminal.ts";

/** How Ollama stands, and what it has. */
export const ollama: Work = async (app, { out, signal }, { json }) => {
  const state = await app.local.ollama.refresh(signal);
  if (json) return print(out, state);
  out.write(`${standing(state)}\n`);
  for (const model of state.models) out.write(`${modelLine(model)}\n`);
  for (const pull of state.pulls) out.write(`${pullLine(pull)}\n`);
  for (const { link, model } of state.missing)
    out.write(`The link "${link}" needs ${model}. Get it with: holdfast models ollama pull ${model}\n`);
};

/** Has Ollama fetch a model, and stays until it is there. Ctrl+C keeps what there is. */
export const ollamaPull =
  (name: string): Work =>
  async (app, terminal, { json }) => {
    await running(app, terminal);
    await app.local.ollama.pull(name);
    const full = withTag(name);
    await followPull(full, app, terminal);
    const { models } = await app.local.ollama.refresh();
    const model = models.find((one) => one.name === full);
    if (json) print(terminal.out, model ?? null);
    else
      terminal.out.write(`${name} is here. Put it into the chain with: holdfast models ollama use ${name}\n`);
  };

export const ollamaUse =
  (name: string): Work =>
  async (app, terminal) => {
    await running(app, terminal);
    const link = await app.local.ollama.use(name, terminal.signal);
    terminal.out.write(`The link "${link}" runs ${name} now.\n`);
  };

export const ollamaLoad =
  (name: string): Work =>
  async (app, { out, signal }) => {
    await app.local.ollama.warm(name, signal);
    out.write(`${name} is in memory.\n`);
  };

export const ollamaUnload =
  (name: string): Work =>
  async (app, { out, signal }) => {
    await app.local.ollama.unload(name, signal);
    out.write(`${name} is out of memory.\n`);
  };

export const ollamaRemove =
  (name: string): Work =>
  async (app, terminal) => {
    const { ollama: service } = app.local;
    const full = withTag(name);
    if (service.state.now.pulls.some((pull) => pull.name === full)) await service.pulls.cancel(full);
    else {
      await running(app, terminal);
      await service.remove(name, terminal.signal);
    }
    terminal.out.write(`${name} is removed.\n`);
  };

export interface ServersOptions {
  port?: number[];
  add?: string;
}

/** Looks for servers of models on this machine, and adds a model of one to the chain. */
export const servers =
  ({ port, add }: ServersOptions): Work =>
  async (app, { out, signal }, { json }) => {
    const found = await app.local.servers.look(port, signal);
    if (add !== undefined) {
      const wanted = found.flatMap((server) =>
        server.models.filter(({ id }) => id === add).map(() => server.base_url),
      );
      if (wanted[0] === undefined)
        throw new ModelError("not_found", `No server that was found has the model "${add}".`);
      out.write(`The link "${app.local.servers.add(wanted[0], add)}" asks ${add} now.\n`);
      return;
    }
    if (json) return print(out, found);
    if (found.length === 0)
      out.write("No server answers on its usual port. Another port: holdfast models servers --port 9000\n");
    for (const server of found) out.write(`${serverLines(server)}\n`);
  };

/** An Ollama that is installed and does not run is started for the length of this command. */
async function running(app: App, { err, signal }: Terminal): Promise<void> {
  const { state } = await app.local.ollama.refresh(signal);
  if (state !== "stopped") return;
  err.write("Ollama does not run; it is started for this command.\n");
  await app.local.ollama.start(signal);
}

async function followPull(name: string, app: App, { err, signal }: Terminal): Promise<void> {
  const { pulls, state } = app.local.ollama;
  const stop = () => void pulls.pause(name);
  signal.addEventListener("abort", stop, { once: true });
  const watching = new AbortController();
  const shown = (async () => {
    for await (const now of state.watch(watching.signal)) {
      const pull = now.pulls.find((one) => one.name === name);
      if (pull && err.isTTY === true) err.write(`\r\u001b[K${pullLine(pull)}`);
    }
  })();
  try {
    await pulls.ended(name);
  } finally {
    signal.removeEventListener("abort", stop);
    watching.abort();
    await shown;
    if (err.isTTY === true) err.write("\n");
  }
}

function standing({ state, version, base_url, started_here, program, trouble }: OllamaState): string {
  const why = trouble === null ? "" : ` ${trouble}`;
  switch (state) {
    case "running":
      return `Ollama ${version} runs at ${base_url}${started_here ? ", started by Holdfast" : ""}.`;
    case "starting":
      return "Ollama is starting.";
    case "stopped":
      return `Ollama is installed (${program}) and does not run.${why}`;
    case "unreachable":
      return `Ollama does not answer at ${base_url}.${why}`;
    case "not_installed":
      return "Ollama is not installed here. Get it from https://ollama.com/download.";
    default:
      return state satisfies never;
  }
}

function modelLine({
  name,
  size_bytes,
  context,
  capabilities,
  remote_host,
  loaded,
  link,
}: OllamaModelInfo): string {
  const facts = [
    remote_host === null ? inBytes(size_bytes) : `runs at ${remote_host}, counts as cloud`,
    context === null ? null : `${context} tokens of context`,
    capabilities?.filter((one) => one !== "completion").join(" ") || null,
    loaded ? "in memory" : null,
  ];
  const chain = link === null ? "" : styleText("green", `, in the chain as ${link}`);
  return `${name}  ${facts.filter((fact) => fact !== null).join(", ")}${chain}`;
}

function pullLine({
  name,
  state,
  completed_bytes,
  total_bytes,
  bytes_per_second,
  error,
}: OllamaPull): string {
  const share = total_bytes ? ` ${Math.floor((completed_bytes * 100) / total_bytes)} %` : "";
  const size = total_bytes === null ? "" : `, ${inBytes(completed_bytes)} of ${inBytes(total_bytes)}`;
  const speed = bytes_per_second === null ? "" : `, ${inBytes(bytes_per_second)}/s`;
  return `${name}  ${state}${share}${size}${speed}${error === null ? "" : `: ${error}`}`;
}

function serverLines({ name, version, base_url, needs_key, models }: LocalServer): string {
  const head = `${name}${version === null ? "" : ` ${version}`}  ${base_url}${needs_key ? ", answers only with a key" : ""}`;
  const lines = models.map(({ id, context, vision, link }) => {
    const facts = [context === null ? null : `${context} tokens`, vision ? "sees images" : null];
    const chain = link === null ? "" : `, in the chain as ${link}`;
    return `    ${[id, ...facts.filter((fact) => fact !== null)].join(", ")}${chain}`;
  });
  return [head, ...lines].join("\n");
}

function print(out: NodeJS.WritableStream, value: unknown): void {
  out.write(`${JSON.stringify(value, null, 2)}\n`);
}
