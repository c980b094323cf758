import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { MeteredConnection } from "../../electron/hosts/metered.ts";
import { temporaryFolder } from "./support/program.ts";

/** A connection over a double of `busctl` that notes how it was called and prints `says`. */
function setUp(says: string, { platform = "linux" as NodeJS.Platform, exit = 0 } = {}) {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  const busctl = join(folder.path, "busctl");
  const calls = join(folder.path, "calls");
  writeFileSync(calls, "");
  writeFileSync(busctl, `#!/bin/sh\necho "$@" >> '${calls}'\nprintf '%s\\n' '${says}'\nexit ${exit}\n`);
  chmodSync(busctl, 0o755);
  const time = { now: 0 };
  const connection = new MeteredConnection({ platform, monotonic: () => time.now, busctl });
  return { connection, time, calls: () => readFileSync(calls, "utf8").split("\n").filter(Boolean) };
}

it.skipIf(process.platform === "win32").each([
  ["u 1", 0, true],
  ["u 3", 0, true],
  ["u 0", 0, false],
  ["u 2", 0, false],
  ["u 4", 0, false],
  ["u 1", 1, false],
  ["Failed to get property", 0, false],
] as const)(
  "a connection of which NetworkManager says %s, with exit %d, is metered: %s",
  async (says, exit, expected) => {
    const { connection, calls } = setUp(says, { exit });
    await connection.look();
    expect(connection.isMetered).toBe(expected);
    expect(calls()).toEqual([
      "--system get-property org.freedesktop.NetworkManager /org/freedesktop/NetworkManager org.freedesktop.NetworkManager Metered",
    ]);
  },
);

it.skipIf(process.platform === "win32")(
  "the system is asked once a minute, by whoever wants to know",
  async () => {
    const { connection, time, calls } = setUp("u 1");
    expect(connection.isMetered).toBe(false);
    await expect.poll(() => connection.isMetered).toBe(true);
    time.now = 59_999;
    expect(connection.isMetered).toBe(true);
    expect(calls()).toHaveLength(1);
    time.now = 60_000;
    expect(connection.isMetered).toBe(true);
    await expect.poll(() => calls().length).toBe(2);
  },
);

it("a machine without such a program, or of another system, counts as unmetered", async () => {
  const none = new MeteredConnection({ platform: "linux", monotonic: () => 0, busctl: "/nowhere/busctl" });
  await none.look();
  expect(none.isMetered).toBe(false);
  const { connection, calls } = setUp("u 1", { platform: "darwin" });
  expect(connection.isMetered).toBe(false);
  expect(calls()).toEqual([]);
});
