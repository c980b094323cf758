import type { App } from "../../app/index.ts";
import type { CachePurge, CacheStats } from "../../contract/index.ts";
import { exitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** Entries that are read at once. */
const pageSize = 500;
const longest = 100;

/** `holdfast cache stats`: what is kept, how, and how it served. */
export async function cacheStats({ json }: { json?: true }, app: App, terminal: Terminal): Promise<number> {
  const stats = await app.cache.stats();
  terminal.out.write(json ? `${JSON.stringify(stats, null, 2)}\n` : `${statsLines(stats).join("\n")}\n`);
  return exitCode.answered;
}

function statsLines(stats: CacheStats): string[] {
  const { lookups, refusals } = stats;
  return [
    `${stats.entries} answers kept of at most ${stats.max_entries}, ${stats.pinned} pinned, ${stats.unused} never given, in ${stats.store}`,
    stats.encryption_detail,
    `Embedder: ${stats.embedder}${stats.waiting > 0 ? `; ${stats.waiting} answers wait for it` : ""}`,
    ...(stats.enabled ? [] : ["The cache is turned off (cache.enabled)."]),
    ...(stats.store_trouble === null ? [] : [stats.store_trouble]),
    ...(stats.outgoing > 0 ? [`${stats.outgoing} writes wait for the team store.`] : []),
    `Look-ups: ${lookups.exact} with the same words, ${lookups.same} with the same question, ${lookups.similar} similar, ${lookups.refused} refused, ${lookups.miss} with nothing near`,
    ...refusals.map(
      ({ reason, count }) => `  held back ${count === 1 ? "once" : `${count} times`}: ${reason}`,
    ),
  ];
}

/** `holdfast cache search`: the entries whose question or answer hold a text, newest first. */
export async function cacheSearch(
  words: string[],
  { json }: { json?: true },
  app: App,
  terminal: Terminal,
): Promise<number> {
  const search = words.join(" ").trim();
  const { entries, total } = await app.cache.list({
    search: search === "" ? undefined : search,
    limit: longest,
    offset: 0,
  });
  if (json) {
    terminal.out.write(`${JSON.stringify(entries, null, 2)}\n`);
    return exitCode.answered;
  }
  for (const { question, answer, link, created_at, uses } of entries) {
    const [line = ""] = answer.trim().split("\n");
    terminal.out.write(
      `${question}\n  ${line.slice(0, longest)}\n  ${link}, ${created_at}, given ${uses} times\n`,
    );
  }
  if (total > entries.length) terminal.err.write(`${total - entries.length} more: search for more words.\n`);
  return exitCode.answered;
}

export interface PurgeOptions {
  all?: true;
  olderThan?: number;
  conversation?: string;
  search?: string;
  pinned?: true;
}

/** `holdfast cache purge`: removes entries; all of them only when that is said. */
export async function cachePurge(options: PurgeOptions, app: App, terminal: Terminal): Promise<number> {
  const { all, olderThan, conversation, search, pinned } = options;
  const isNarrow = olderThan !== undefined || conversation !== undefined || search !== undefined;
  if (isNarrow === (all === true)) {
    terminal.err.write("Say what goes: either --all, or --older-than, --conversation and --search.\n");
    return exitCode.usage;
  }
  const what: CachePurge = {
    ...(olderThan !== undefined && { older_than_days: olderThan }),
    ...(conversation !== undefined && { conversation_id: conversation }),
    ...(search !== undefined && { search }),
    ...(pinned && { pinned }),
  };
  terminal.out.write(`${await app.cache.purge(what)} removed\n`);
  return exitCode.answered;
}

/** `holdfast cache export`: every entry as a line of JSON, newest first. */
export async function cacheExport(app: App, terminal: Terminal): Promise<number> {
  for (let offset = 0; ; offset += pageSize) {
    const { entries } = await app.cache.list({ limit: pageSize, offset });
    for (const entry of entries) terminal.out.write(`${JSON.stringify(entry)}\n`);
    if (entries.length < pageSize || terminal.signal.aborted) return exitCode.answered;
  }
}
