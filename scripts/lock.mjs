// @ts-check
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const heartbeatMs = 2_000;
const deadAfterMs = 20_000;

/**
 * @param {string} file
 * @returns {{ token: string, pid: number, host: string } | null}
 */
function holderOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Whether the holder ended without letting go: its process is gone, or its heart has stopped.
 * @param {string} file
 */
function isAbandoned(file) {
  try {
    const quietMs = Date.now() - statSync(file).mtimeMs;
    const holder = holderOf(file);
    if (holder?.host === hostname() && !isAlive(holder.pid)) return true;
    return quietMs > deadAfterMs;
  } catch {
    return false;
  }
}

/**
 * Runs `work` while no other process does so under the same lock file. A lock whose holder has died is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {() => void} onWait called once when another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait = () => {}) {
  mkdirSync(dirname(file), { recursive: true });
  const token = randomUUID();
  const content = JSON.stringify({ token, pid: process.pid, host: hostname() });
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, content, { flag: "wx" });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
    if (isAbandoned(file)) {
      rmSync(file, { force: true });
      // Another waiter may have seen the same: both settle on whoever stands in the file after a moment.
      await pause(50 + Math.random() * 100);
      continue;
    }
    if (!told) onWait();
    told = true;
    await pause(200);
  }
  const heart = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      clearInterval(heart);
    }
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heart);
    if (holderOf(file)?.token === token) rmSync(file, { force: true });
  }
}
