import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { aesCipher, cacheMigrations, SqliteStore } from "../../electron/cache/index.ts";
import { systemClock } from "../../electron/chain/index.ts";
import { openDatabase } from "../../electron/store/index.ts";
import { key } from "./written.ts";

const child = resolve(import.meta.dirname, "writing-child.ts");

/** Kills between the first confirmed entry and this many milliseconds later fall on every step of a write. */
const latestMs = 60;

/** What many kills left behind. */
export interface AfterKills {
  kills: number;
  confirmed: number;
  /** Confirmed entries that are not there any more, or not as they were written. */
  lost: number[];
  /** Entries that are there without having been confirmed: at most one a kill may be. */
  unconfirmed: number;
}

/** Starts a process that writes into the cache of a folder, kills it, and does that again and again; then looks what is left. */
export async function killWhileWriting(folder: string, kills: number): Promise<AfterKills> {
  const confirmed = new Set<number>();
  for (let round = 0; round < kills; round += 1) {
    const first = round * 10_000;
    const process_ = spawn(process.execPath, [child, folder, String(first)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(process_, "close");
    let started = () => {};
    const begun = new Promise<void>((resolve) => {
      started = resolve;
    });
    createInterface({ input: process_.stdout }).on("line", (line) => {
      confirmed.add(Number(line.slice("kept ".length)));
      started();
    });
    await Promise.race([begun, ended]);
    await setTimeout((round * 7.3) % latestMs);
    process_.kill("SIGKILL");
    await ended;
  }
  return { kills, confirmed: confirmed.size, ...(await whatIsLeft(folder, confirmed)) };
}

async function whatIsLeft(
  folder: string,
  confirmed: ReadonlySet<number>,
): Promise<Pick<AfterKills, "lost" | "unconfirmed">> {
  using database = openDatabase({
    path: join(folder, "cache.db"),
    migrations: cacheMigrations,
    now: Date.now,
    onMovedAside: (file) => {
      throw new Error(file.message);
    },
  });
  const limits = { maxEntries: 100_000, ttlMs: 86_400_000 };
  await using store = new SqliteStore({
    database,
    clock: systemClock,
    limits,
    cipher: async () => aesCipher(key),
  });
  const lost: number[] = [];
  for (const n of confirmed) {
    const found = await store.find({ fingerprint: "start", question: `question ${n}` });
    if (!found?.answer.startsWith(`Answer ${n}. It goes on. `)) lost.push(n);
  }
  const { entries } = await store.stats("e");
  return { lost, unconfirmed: entries - (confirmed.size - lost.length) };
}
