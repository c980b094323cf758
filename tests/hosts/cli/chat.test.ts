import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeReciter } from "../../fixtures/gguf/index.ts";
import { startUnruly, type Unruly } from "../../fixtures/unruly/index.ts";
import { CommandLine } from "../support/cli.ts";
import { linkTo, localLink } from "../support/links.ts";
import { ctrlC, ctrlD, hasTerminal, onTerminal } from "../support/terminal.ts";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

const cloud = (model = "any", id = "primary") => linkTo(unruly.url, id, "openai", model);
const asked = () => unruly.calls.at(-1)?.body.messages;

describe("holdfast chat", () => {
  it("asks what is piped in line by line, with what was said before, and keeps it among the conversations", async () => {
    const line = new CommandLine({ fallback_chain: [cloud("echo")] });
    const { code, stdout, stderr } = await line.run(["chat"], { stdin: "First.\nSecond.\n" });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "First.\nSecond.\n" });
    expect(stderr).toMatch(/^\[Cloud\] primary, \d+ ms to the first word\n\[Cloud\] primary/);
    expect(asked()).toEqual([
      { role: "user", content: "First." },
      { role: "assistant", content: "First." },
      { role: "user", content: "Second." },
    ]);
    const again = await line.run(["chat", "--continue"], { stdin: "Third.\n" });
    expect(again.stderr).toContain("Going on with “First.”.");
    expect(asked()).toHaveLength(5);
    await line.run(["chat"], { stdin: "Alone.\n" });
    expect(asked()).toEqual([{ role: "user", content: "Alone." }]);
  });

  it("takes a line that ends with a backslash as the beginning of the next", async () => {
    const line = new CommandLine({ fallback_chain: [cloud("echo")] });
    expect(await line.run(["chat"], { stdin: "One\\\ntwo\n" })).toMatchObject({ stdout: "One\ntwo\n" });
  });

  it("moves along the links as its commands say, and leaves with /quit", async () => {
    const line = new CommandLine({ fallback_chain: [cloud("any"), cloud("echo", "second")] });
    const stdin = [
      "/tier backup",
      "To the second.",
      "/tier any",
      "/new",
      "/link second",
      "Also.",
      "/quit",
      "Never.",
    ];
    const { code, stdout, stderr } = await line.run(["chat"], { stdin: stdin.join("\n") });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "To the second.\nAlso.\n" });
    expect(stderr).toContain("Only links of the tier backup may answer.\n");
    expect(stderr).toContain("second is tried first.\n");
    expect(asked()).toEqual([{ role: "user", content: "Also." }]);
  });

  it("says what there is when a command, a tier, a level or a link is not known, and goes on", async () => {
    const line = new CommandLine({ fallback_chain: [cloud()] });
    const stdin =
      "/teir local\n/tier local\n/tier loud\n/level best\n/link third\n/local-only perhaps\n//path\n";
    const { code, stdout, stderr } = await line.run(["chat"], { stdin });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "All is well.\n" });
    expect(stderr).toContain("There is no /teir.\n  /help");
    expect(stderr).toContain("No link of the chain is of the tier local.\n");
    expect(stderr).toContain("The tier is any. There are: cloud, backup, local, any.\n");
    expect(stderr).toContain("The level is full. There are: full, reduced, minimal, cached, offline.\n");
    expect(stderr).toContain("The link is any. There are: primary, any.\n");
    expect(stderr).toContain("local-only is off. Write /local-only on or /local-only off.\n");
    expect(asked()).toEqual([{ role: "user", content: "/path" }]);
  });

  it("keeps a conversation on this machine from /local-only on, whatever it was before", async () => {
    const line = new CommandLine();
    const model = writeReciter(join(line.folder, "recital.gguf"), { sentence: "It stays here." });
    line.write("holdfast.yaml", JSON.stringify({ fallback_chain: [cloud(), localLink(model)] }));
    const open = await line.run(["chat"], { stdin: "Open.\n" });
    expect(open.stdout).toBe("All is well.\n");
    const before = unruly.calls.length;
    const { stdout } = await line.run(["chat", "--continue"], { stdin: "/local-only on\nClosed.\n" });
    expect(stdout).toBe("It stays here.\n");
    expect((await line.run(["chat", "--continue"], { stdin: "Still closed.\n" })).stdout).toBe(
      "It stays here.\n",
    );
    expect(unruly.calls.length).toBe(before);
  });

  it("exits with 20 when nothing could answer what was asked last", async () => {
    const line = new CommandLine({
      fallback_chain: [cloud("status-401")],
      offline: { message: "Out of reach." },
    });
    const { code, stdout, stderr } = await line.run(["chat"], { stdin: "Anyone?\n" });
    expect({ code, stdout }).toEqual({ code: 20, stdout: "" });
    expect(stderr).toContain("Out of reach.\n");
  });

  describe.runIf(hasTerminal)("on a terminal", () => {
    const start = (model: string, ...args: string[]) => {
      const line = new CommandLine({ fallback_chain: [cloud(model)] });
      const env = { HOLDFAST_DATA_DIR: join(line.folder, "data") };
      return onTerminal(["chat", ...args], { cwd: line.folder, env });
    };

    it("stops an answer at Ctrl+C and asks on, and leaves when it comes twice", async () => {
      const { press, shows, ended } = start("drip-300");
      await shows(/write \/help/);
      press("How?\r");
      await shows(/\nA/);
      press(ctrlC);
      await shows(/You stopped this answer\./);
      press("/level minimal\r");
      await shows(/The level is minimal at best\./);
      press(ctrlC);
      await shows(/Ctrl\+C again leaves\./);
      press(ctrlC);
      expect(await ended).toBe(130);
    });

    it("takes what is pasted as one question, and leaves at Ctrl+D", async () => {
      const { press, shows, ended } = start("any");
      await shows(/write \/help/);
      press("Review: \u001b[200~one line\nanother line\u001b[201~\r");
      await shows(/All is well\./);
      expect(asked()).toEqual([{ role: "user", content: "Review: one line\nanother line" }]);
      press(ctrlD);
      expect(await ended).toBe(0);
    });

    it("has colours there, and none with NO_COLOR", async () => {
      const line = new CommandLine({ fallback_chain: [cloud()] });
      const data = { HOLDFAST_DATA_DIR: join(line.folder, "data") };
      for (const [env, coloured] of [
        [data, true],
        [{ ...data, NO_COLOR: "1" }, false],
      ] as const) {
        const { ended, raw } = onTerminal(["ask", "How?"], { cwd: line.folder, env });
        expect(await ended).toBe(0);
        expect(raw().includes("\u001b[32m[Cloud]")).toBe(coloured);
        expect(raw()).toContain("[Cloud]");
      }
    });
  });
});
