import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startUnruly, type Unruly } from "../../fixtures/unruly/index.ts";
import { CommandLine } from "../support/cli.ts";
import { linkTo } from "../support/links.ts";
import { temporaryFolder } from "../support/program.ts";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

function fileOf(text: string): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  const path = join(folder.path, "prompts.yaml");
  writeFileSync(path, text);
  return path;
}

const lab = () =>
  new CommandLine({
    health: { probes: false },
    fallback_chain: [
      linkTo(unruly.url, "good", "openai", "any"),
      linkTo(unruly.url, "bad", "openai", "status-401"),
    ],
  });

describe("holdfast lab", () => {
  it("runs a file, shows the results, and finds the run again", async () => {
    const command = lab();
    const file = fileOf("- { prompt: How?, requirements: [{ check: contains, text: well }] }");
    const ran = await command.run(["lab", "run", file]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/complete {2}2\/2 {2}good,bad {2}prompts\.yaml/);
    expect(ran.stdout).toMatch(/good\s+1\/1\s+100 %/);
    expect(ran.stdout).toMatch(/bad\s+0\/1\s+0 %/);
    const id = ran.stdout.split("  ")[0] ?? "";
    expect((await command.run(["lab", "list"])).stdout).toContain(id);
    const shown = JSON.parse((await command.run(["lab", "show", id.slice(0, 8), "--json"])).stdout);
    expect(shown.results).toMatchObject([
      { link: "good", answered: 1 },
      { link: "bad", failed: 1 },
    ]);
    const csv = (await command.run(["lab", "export", id, "--format", "csv"])).stdout;
    expect(csv.split("\r\n")[1]).toMatch(/,How\?,(good,any,cloud,All is well\.|bad,status-401,backup,)/);
  });

  it("goes on with a run whose process was killed", async () => {
    const command = new CommandLine({
      health: { probes: false },
      fallback_chain: [
        linkTo(unruly.url, "good", "openai", "any"),
        { ...linkTo(unruly.url, "slow", "openai", "hang"), retry: { max_retries: 0 } },
      ],
    });
    const before = unruly.calls.length;
    const running = command.start(["lab", "run", fileOf("- How?\n- Where?"), "--json"]);
    while (unruly.calls.length < before + 3) await new Promise((resume) => setTimeout(resume, 20));
    running.child.kill("SIGKILL");
    await running.ended;
    const [kept] = JSON.parse((await command.run(["lab", "list", "--json"])).stdout);
    expect(kept.state).toBe("unfinished");
    expect(kept.done).toBeGreaterThanOrEqual(2);
    const resumed = await command.run(["lab", "resume", kept.id, "--json"]);
    expect(JSON.parse(resumed.stdout).run).toMatchObject({ state: "complete", done: 4 });
  });

  it("asks only the links that are named", async () => {
    const ran = await lab().run(["lab", "run", fileOf("- How?"), "--links", "good", "--json"]);
    expect(JSON.parse(ran.stdout).run).toMatchObject({ links: ["good"], done: 1, total: 1 });
  });

  it("exits with 20 when no link answered anything", async () => {
    expect((await lab().run(["lab", "run", fileOf("- How?"), "--links", "bad"])).code).toBe(20);
  });

  it("says what is wrong with a file, and exits with 2", async () => {
    const broken = await lab().run(["lab", "run", fileOf("prompts: []")]);
    expect([broken.code, broken.stdout]).toEqual([2, ""]);
    expect(broken.stderr).toContain("prompts.yaml");
    const missing = await lab().run(["lab", "run", "/nowhere/prompts.yaml"]);
    expect([missing.code, missing.stdout]).toEqual([2, ""]);
    expect(missing.stderr).toContain("/nowhere/prompts.yaml");
  });
});
