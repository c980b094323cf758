import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { Receipt } from "../../electron/contract/index.ts";
import { Conversations, type MovedAside, openDatabase, storeMigrations } from "../../electron/store/index.ts";

/** A fresh folder that is removed when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A clock that stands at a round time and moves a second on each reading. */
export function tickingClock(start = Date.UTC(2026, 0, 1)) {
  let now = start - 1_000;
  return {
    now: () => {
      now += 1_000;
      return now;
    },
  };
}

/** Conversations on a file of that folder, closed when the test has ended or when the caller does it. */
export function openConversations(folder: string) {
  const moved: MovedAside[] = [];
  const path = join(folder, "holdfast.db");
  const database = openDatabase({
    path,
    migrations: storeMigrations,
    now: () => Date.UTC(2026, 0, 1),
    onMovedAside: (file) => moved.push(file),
  });
  const conversations = new Conversations({ database, clock: tickingClock(), newId: randomUUID });
  const close = () => {
    conversations[Symbol.dispose]();
    database[Symbol.dispose]();
  };
  onTestFinished(close);
  return { conversations, database, moved, path, close };
}

/** A receipt of an answer from a cloud link. */
export function cloudReceipt(change: Partial<Receipt> = {}): Receipt {
  return {
    requested_tier: "cloud",
    tier: "cloud",
    link: "primary",
    provider: "openai",
    model: "gpt-5",
    level: "full",
    reason: null,
    attempts: [],
    seams: [],
    notices: [],
    dropped: [],
    usage: { input_tokens: 3, output_tokens: 5 },
    cost_usd: 0.0001,
    similarity: null,
    age_s: null,
    original_question: null,
    ...change,
  };
}

/** A child process that runs a TypeScript file, and the lines that it prints. */
export function runChild(file: string, args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [file, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  if (child.stdout === null) throw new Error("the child has no output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async line(): Promise<string> {
      const { value, done } = await lines.next();
      if (done) throw new Error("the child ended before it printed this line");
      return value;
    },
    async kill(): Promise<void> {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
