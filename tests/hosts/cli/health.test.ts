import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startUnruly, type Unruly } from "../../fixtures/unruly/index.ts";
import { CommandLine } from "../support/cli.ts";
import { linkTo } from "../support/links.ts";
import { ctrlC, hasTerminal, onTerminal } from "../support/terminal.ts";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

const chain = (...models: string[]) => ({
  fallback_chain: models.map((model, at) => linkTo(unruly.url, `link-${at + 1}`, "openai", model)),
});

describe("holdfast health", () => {
  it("shows once, where there is no terminal, how each link does and why", async () => {
    const { code, stdout, stderr } = await new CommandLine(chain("any", "status-401")).run(["health"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [head, first, second, level] = stdout.split("\n");
    expect(head).toMatch(/^LINK +TIER +STATE +BREAKER +FIRST WORD +MODEL$/);
    expect(first).toMatch(/^link-1 +cloud +well +closed +\d+ ms +any$/);
    expect(second).toMatch(/^link-2 +backup +fails +closed +– +status-401 +it rejected the API key$/);
    expect(level).toBe("Level full.");
  });

  it("exits with 20 when no link answers, and says it as JSON", async () => {
    const { code, stdout } = await new CommandLine(chain("status-401")).run(["health", "--json"]);
    expect(code).toBe(20);
    expect(JSON.parse(stdout)).toMatchObject({
      status: "degraded",
      level: "full",
      links: [{ id: "link-1", ok: false, trouble: "it rejected the API key", circuit: { state: "closed" } }],
    });
  });

  it("asks no link beyond this machine when --offline, and says that it did not", async () => {
    const before = unruly.calls.length;
    const { code, stdout } = await new CommandLine(chain("any")).run(["health", "--offline"]);
    expect(code).toBe(20);
    expect(stdout).toMatch(/^link-1 +cloud +not asked/m);
    expect(unruly.calls.length).toBe(before);
  });

  it("does not understand an interval that is none", async () => {
    expect(await new CommandLine(chain("any")).run(["health", "--interval", "soon"])).toMatchObject({
      code: 2,
    });
  });

  it.runIf(hasTerminal)("follows the links on a terminal until Ctrl+C, drawing over what was", async () => {
    const line = new CommandLine(chain("flap"));
    const env = { HOLDFAST_DATA_DIR: join(line.folder, "data") };
    const { press, shows, raw, ended } = onTerminal(["health", "--interval", "1"], { cwd: line.folder, env });
    await shows(/fails[\s\S]*well|well[\s\S]*fails/);
    press(ctrlC);
    expect(await ended).toBe(0);
    expect(raw()).toContain("\u001b[3A\u001b[J");
    expect(raw()).toContain("\u001b[32mwell");
  });
});
