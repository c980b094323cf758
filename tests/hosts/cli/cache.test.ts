import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startUnruly, type Unruly } from "../../fixtures/unruly/index.ts";
import { CommandLine } from "../support/cli.ts";
import { linkTo } from "../support/links.ts";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

const line = () =>
  new CommandLine({
    health: { probes: false },
    fallback_chain: [linkTo(unruly.url, "primary", "openai", "echo")],
  });

describe("holdfast cache", () => {
  it("counts, finds, gives out and removes what was answered", async () => {
    const command = line();
    await command.run(["ask", "Why do tides turn?"]);
    await command.run(["ask", "How does bread rise?"]);
    const stats = await command.run(["cache", "stats"]);
    expect(stats.code).toBe(0);
    expect(stats.stdout).toContain("2 answers kept of at most 10000");
    expect(JSON.parse((await command.run(["cache", "stats", "--json"])).stdout)).toMatchObject({
      entries: 2,
      enabled: true,
    });
    const found = JSON.parse((await command.run(["cache", "search", "TIDES", "--json"])).stdout);
    expect(found).toMatchObject([{ question: "Why do tides turn?", link: "primary" }]);
    const lines = (await command.run(["cache", "export"])).stdout.trim().split("\n");
    expect(lines.map((entry) => JSON.parse(entry).question)).toEqual([
      "How does bread rise?",
      "Why do tides turn?",
    ]);
    const purge = async (...options: string[]) => (await command.run(["cache", "purge", ...options])).stdout;
    expect(await purge("--older-than", "1")).toBe("0 removed\n");
    expect(await purge("--conversation", "none-such")).toBe("0 removed\n");
    expect(await purge("--search", "bread")).toBe("1 removed\n");
    expect(await purge("--all")).toBe("1 removed\n");
  });

  it.each([
    [["purge"], "Say what goes"],
    [["purge", "--all", "--search", "tides"], "Say what goes"],
    [["purge", "--older-than", "yesterday"], "older-than"],
    [["purge", "--sometimes"], "--sometimes"],
    [["forget"], "forget"],
  ])("refuses %j as a wrong use, and removes nothing", async (words, said) => {
    const command = line();
    const { code, stderr } = await command.run(["cache", ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});
