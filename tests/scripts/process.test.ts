import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { runInForeground, runQuietly } from "../../scripts/process.mjs";

const node = process.execPath;
const module = pathToFileURL(resolve(import.meta.dirname, "../../scripts/process.mjs")).href;

describe("runQuietly", () => {
  it("gathers what is printed, and the exit code", async () => {
    const script = "console.log('out'); console.error('err'); process.exitCode = 3";
    const { code, output } = await runQuietly(node, ["-e", script]);
    expect(code).toBe(3);
    expect(output).toContain("out");
    expect(output).toContain("err");
  });

  it("ends what takes longer than its limit", async () => {
    const { timedOut } = await runQuietly(node, ["-e", "setInterval(() => {}, 1000)"], { timeoutMs: 300 });
    expect(timedOut).toBe(true);
  });

  it("tells of a program that is not there", async () => {
    const { code, output } = await runQuietly("/no/such/program", []);
    expect(code).toBe(127);
    expect(output).toContain("ENOENT");
  });
});

describe("runInForeground", () => {
  it("passes the exit code on", async () => {
    expect(await runInForeground(node, ["-e", "process.exit(4)"])).toEqual({ code: 4, asked: false });
  });

  it.runIf(process.platform !== "win32")("gives a signal's code as a shell does", async () => {
    const { code } = await runInForeground(node, ["-e", "process.kill(process.pid, 'SIGKILL')"]);
    expect(code).toBe(137);
  });
});

describe.runIf(process.platform !== "win32")("a launcher that is told to end", () => {
  /** The program that the launcher runs: ends with 7 at SIGTERM. */
  const inner =
    "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up')";
  const outer = `import { runInForeground } from ${JSON.stringify(module)};
    const { code } = await runInForeground(process.execPath, ["-e", ${JSON.stringify(inner)}]);
    process.exit(code);`;

  it("passes SIGTERM on, waits, and ends with the program's code", async () => {
    const launcher = spawn(node, ["--input-type=module", "-e", outer], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(launcher.stdout, "data");
    launcher.kill("SIGTERM");
    expect((await once(launcher, "exit"))[0]).toBe(7);
  });

  it("ends the program when the shell in which npm started it is gone", async () => {
    const shell = spawn("sh", ["-c", '"$0" "$@"; true', node, "--input-type=module", "-e", outer], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, npm_lifecycle_event: "start" },
    });
    await once(shell.stdout, "data");
    shell.kill("SIGKILL");
    // The pipe closes when the launcher and its program, which hold its other end, are gone.
    await once(shell.stdout, "close");
    expect(shell.signalCode).toBe("SIGKILL");
  });
});
