import { styleText } from "node:util";
import type { App } from "../../app/index.ts";
import type { InstalledModel, ModelDownload, ModelFit } from "../../contract/index.ts";
import { inBytes, ModelError, searchCatalogue } from "../../models/index.ts";
import { exitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface ModelsOptions {
  json?: true;
  force?: true;
}

export type Work = (app: App, terminal: Terminal, options: ModelsOptions) => Promise<void>;

/** Runs a command of `holdfast models`. What goes wrong is told in one line; gives the exit code. */
export async function models(
  work: Work,
  app: App,
  terminal: Terminal,
  options: ModelsOptions,
): Promise<number> {
  try {
    await app.models.rescan();
    await work(app, terminal, options);
    return exitCode.answered;
  } catch (error) {
    if (terminal.signal.aborted) return exitCode.interrupted;
    if (!(error instanceof ModelError)) throw error;
    terminal.err.write(`${error.message}\n`);
    return error.kind === "invalid" || error.kind === "not_found" ? exitCode.usage : exitCode.failed;
  }
}

export const list: Work = async (app, { out }, { json }) => {
  const { installed, downloads } = app.models.state.now;
  if (json) return print(out, { installed, downloads });
  const aside = new Map(app.status.now.engine.set_aside.map(({ path, reason }) => [path, reason]));
  for (const model of installed) {
    out.write(`${modelLine(model)}\n`);
    const reason = aside.get(model.path);
    if (reason !== undefined)
      out.write(
        `    ${styleText("yellow", "set aside")}: ${reason} To try it again: holdfast models retry ${model.id}\n`,
      );
  }
  for (const download of downloads) out.write(`${downloadLine(download)}\n`);
};

/** The catalogue, and with `--hub` the hub's repositories. */
export const search =
  (text: string, onHub: boolean): Work =>
  async (app, { out, signal }, { json }) => {
    if (onHub) {
      const found = await app.models.search(text, signal);
      if (json) return print(out, found);
      for (const { repository, downloads, licence } of found)
        out.write(`${repository}  ${licence ?? "licence not named"}, ${downloads ?? 0} downloads\n`);
      return;
    }
    const { available } = app.models.state.now;
    const ids = new Set(searchCatalogue(available, text).map(({ id }) => id));
    const found = available.filter(({ id }) => ids.has(id));
    if (json) return print(out, found);
    if (found.length === 0)
      throw new ModelError(
        "not_found",
        `The catalogue has nothing for "${text}" that is not here already. Ask the hub: holdfast models search --hub ${text}`,
      );
    for (const { id, name, quantisation, licence, strengths, fit } of found)
      out.write(`${id}  ${name}, ${quantisation}, ${licence}\n    ${strengths}\n    ${fitWords(fit)}\n`);
  };

/** Adds a model, and stays until its download has ended. Ctrl+C keeps what there is. */
export const add =
  (reference: string): Work =>
  async (app, terminal, { json, force }) => {
    const added = await app.models.add(reference, force ?? false, terminal.signal);
    if (added.state === "downloading") await followDownload(added.id, app, terminal);
    const model = app.models.state.now.installed.find(({ id }) => id === added.id);
    if (json) print(terminal.out, model ?? added);
    else terminal.out.write(`${added.id} is here: ${checkWords(model?.verified ?? null)}\n`);
  };

export const remove =
  (id: string): Work =>
  async (app, { out }) => {
    if (app.models.downloads.list().some((download) => download.id === id))
      await app.models.downloads.cancel(id);
    else await app.models.remove(id);
    out.write(`${id} is removed.\n`);
  };

export const verify =
  (id: string): Work =>
  async (app, { out, signal }, { json }) => {
    const check = await app.models.verify(id, signal);
    if (json) print(out, check);
    else if (check.ok) out.write(`${id} is right. ${check.detail}\n`);
    if (!check.ok) throw new ModelError("checksum", check.detail);
  };

export const use =
  (id: string): Work =>
  async (app, { out }) => {
    const link = await app.models.use(id);
    out.write(`The link "${link}" runs ${id} now.\n`);
  };

export const retry =
  (id: string): Work =>
  async (app, { out }) => {
    out.write(app.models.tryAgain(id) ? `${id} will be tried again.\n` : `${id} is not set aside.\n`);
  };

export const info =
  (reference: string): Work =>
  async (app, { out, signal }, { json }) => {
    const facts = await app.models.info(reference, signal);
    if (json) return print(out, facts);
    const rows = [
      ["Name", facts.name],
      ["From", facts.source],
      ["Size", facts.size_bytes === null ? "not known" : inBytes(facts.size_bytes)],
      ["Licence", facts.licence ?? "not named"],
      ["Context", facts.context === null ? "not known" : `${facts.context} tokens`],
      ["Architecture", facts.architecture ?? "told after the download"],
      ["SHA-256", facts.sha256 ?? "none: the size is checked"],
      ["Fit", fitWords(facts.fit)],
    ];
    for (const [name, value] of rows) out.write(`${name?.padEnd(13)}${value}\n`);
  };

export const bench =
  (id: string | null): Work =>
  async (app, { out, signal }, { json }) => {
    const result = await app.models.benchmark(id, signal);
    if (json) return print(out, result);
    out.write(
      `${result.model}: answers with ${result.tokens_per_second.toFixed(1)} tokens a second, reads ${result.prompt_tokens_per_second.toFixed(1)}; loaded in ${Math.round(result.load_ms)} ms on ${result.device}\n`,
    );
  };

export const pack =
  (target: string, ids: readonly string[]): Work =>
  async (app, { out, signal }, { json }) => {
    const packed = await app.models.pack(ids, target, signal);
    if (json) return print(out, packed);
    for (const { id, size_bytes } of packed) out.write(`${id}  ${inBytes(size_bytes)}\n`);
    out.write(`The kit is ready: ${target}\n`);
  };

export const unpack =
  (source: string, withConfig: boolean): Work =>
  async (app, { out, signal }, { json }) => {
    const { ids, config } = await app.models.unpack(source, withConfig, signal);
    if (json) return print(out, { ids, config });
    for (const id of ids) out.write(`${id} is here: its checksum is right.\n`);
    if (config) out.write("The kit's settings are in force.\n");
  };

/** Shows a download until it has ended: a line that is written anew on a terminal, else one line at its end. */
async function followDownload(id: string, app: App, { err, signal }: Terminal): Promise<void> {
  const isTerminal = err.isTTY === true;
  const stop = () => void app.models.downloads.pause(id);
  signal.addEventListener("abort", stop, { once: true });
  const watching = new AbortController();
  const shown = (async () => {
    for await (const { downloads } of app.models.state.watch(watching.signal)) {
      const now = downloads.find((one) => one.id === id);
      if (now && isTerminal) err.write(`\r\u001b[K${downloadLine(now)}`);
    }
  })();
  try {
    await app.models.downloads.ended(id);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", stop);
    watching.abort();
    await shown;
    if (isTerminal) err.write("\n");
  }
}

function downloadLine({ id, state, received_bytes, total_bytes, ...rest }: ModelDownload): string {
  const share = total_bytes === null ? "" : ` ${Math.floor((received_bytes * 100) / total_bytes)} %`;
  const size = `${inBytes(received_bytes)}${total_bytes === null ? "" : ` of ${inBytes(total_bytes)}`}`;
  const speed = rest.bytes_per_second === null ? "" : `, ${inBytes(rest.bytes_per_second)}/s`;
  const left = rest.seconds_left === null ? "" : `, ${Math.ceil(rest.seconds_left)} s left`;
  return `${id}  ${state}${share}, ${size}${speed}${left}${rest.error === null ? "" : `: ${rest.error}`}`;
}

function modelLine({ id, size_bytes, origin, link, fit }: InstalledModel): string {
  const chain = link === null ? "" : styleText("green", `, in the chain as ${link}`);
  return `${id}  ${inBytes(size_bytes)}, ${origin}${chain}; ${fitWords(fit)}`;
}

function fitWords({ reason, tokens_per_second, measured }: ModelFit): string {
  if (tokens_per_second === null) return reason;
  const speed = `${tokens_per_second.toFixed(tokens_per_second < 10 ? 1 : 0)} tokens a second`;
  return `${reason} ${measured ? `Measured: ${speed}.` : `About ${speed}.`}`;
}

function checkWords(verified: InstalledModel["verified"]): string {
  if (verified === "sha256") return "its SHA-256 is the hub's.";
  return verified === "size" ? "whole by its size; there was no checksum." : "used where it lies.";
}

function print(out: NodeJS.WritableStream, value: unknown): void {
  out.write(`${JSON.stringify(value, null, 2)}\n`);
}
