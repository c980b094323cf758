import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLock } from "../../scripts/lock.mjs";

describe("the lock of the set-up", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-lock-"));
    file = join(folder, "out/setup.lock");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const hold = (pid: number, host = hostname()) =>
    writeFileSync(file, JSON.stringify({ token: "theirs", pid, host }));

  it("lets one at a time work, and tells the other that it waits", async () => {
    const first = Promise.withResolvers<void>();
    const happened: string[] = [];
    const working = withLock(file, async () => {
      happened.push("first begins");
      await first.promise;
      happened.push("first ends");
    });
    const waiting = withLock(
      file,
      async () => void happened.push("second"),
      () => {
        happened.push("second waits");
        first.resolve();
      },
    );
    await Promise.all([working, waiting]);
    expect(happened).toEqual(["first begins", "second waits", "first ends", "second"]);
  });

  it("is let go when the work fails", async () => {
    await expect(withLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(file)).toBe(false);
  });

  it("is taken over from a process that has died", async () => {
    await withLock(file, async () => {});
    const { pid } = spawnSync(process.execPath, ["--version"]);
    hold(pid);
    expect(await withLock(file, async () => "done")).toBe("done");
  });

  it("is taken over when its holder, on another machine, has been silent for long", async () => {
    await withLock(file, async () => {});
    hold(1, "elsewhere");
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    expect(await withLock(file, async () => "done")).toBe("done");
  });

  it("is not taken from a process that lives", async () => {
    await withLock(file, async () => {});
    hold(process.pid);
    let worked = false;
    const waits = Promise.withResolvers<void>();
    const waiting = withLock(
      file,
      async () => {
        worked = true;
      },
      () => waits.resolve(),
    );
    await waits.promise;
    expect(worked).toBe(false);
    rmSync(file);
    await waiting;
    expect(worked).toBe(true);
  });
});
