import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CommandLine } from "../support/cli.ts";

const quick = `
name: Quick
max_duration: 20s
rehearses: [backup]
config:
  fallback_chain: [{ id: primary, provider: openai, model: none }, { id: other, provider: openai, model: none }]
stand_ins: { primary: {}, other: {} }
faults: [{ fault: block, links: [primary] }]
requests: [{ prompts: [Well?], count: 2 }]
expect: [{ check: tier, is: backup }]
`;

describe("holdfast drill", () => {
  it("runs a file, says how each expectation came out, and writes the report", async () => {
    const command = new CommandLine();
    const file = command.write("quick.yaml", quick);
    const ran = await command.run(["drill", "run", file, "--report", "reports"]);
    expect([ran.code, ran.stderr.split("\n")[0]]).toEqual([
      0,
      'Drill "Quick", 20 s at most. Ctrl+C stops it.',
    ]);
    expect(ran.stdout).toMatch(
      /^passed +Tier backup for all answers: 2 of 2 \(100 %\): backup 2\n\nQuick passed after/,
    );
    const names = readdirSync(join(command.folder, "reports")).toSorted();
    expect(names.map((name) => name.replace(/^[\d-]+/, ""))).toEqual(["quick.html", "quick.json"]);
  });

  it("exits with 1 when it failed, as it does without what it rehearses", async () => {
    const command = new CommandLine();
    const file = command.write("quick.yaml", quick);
    const ran = await command.run(["drill", "run", file, "--without", "backup", "--json"]);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      passed: false,
      without: "backup",
      answers: [{ tier: "offline" }, {}],
    });
  });

  it("exits with 2 for a drill that there is not, and before anything costs money", async () => {
    const command = new CommandLine({ fallback_chain: [{ id: "dear", provider: "openai", model: "gpt-5" }] });
    const missing = await command.run(["drill", "run", "nowhere"]);
    expect([missing.code, missing.stdout]).toEqual([2, ""]);
    expect(missing.stderr).toContain(
      'There is no drill "nowhere", and no such file. There are: cable-pulled, ',
    );
    const dear = await command.run(["drill", "run", "slow-primary", "--own-chain"]);
    expect([dear.code, dear.stdout]).toEqual([2, ""]);
    expect(dear.stderr).toMatch(
      /Up to 28 requests may reach links that cost money: dear \(gpt-5\).*\nNothing was asked. Say --yes/,
    );
  });

  it("exits with 78 for a file that can't be used, and names its line and key", async () => {
    const command = new CommandLine();
    const file = command.write("bad.yaml", quick.replace("count: 2", "cont: 2"));
    for (const work of ["run", "check"]) {
      const ran = await command.run(["drill", work, file]);
      expect([ran.code, ran.stdout]).toEqual([78, ""]);
      expect(ran.stderr).toContain("bad.yaml:9:32 requests[0].cont: is not a known key; did you mean count?");
    }
  });

  it("lists drills, and says what one would do", async () => {
    const command = new CommandLine();
    const listed = await command.run(["drill", "list"]);
    expect(listed.stdout.split("\n").map((line) => line.split(" ")[0])).toEqual([
      "cable-pulled",
      "primary-outage",
      "quality-drop",
      "rate-limit-surge",
      "slow-primary",
      "",
    ]);
    const checked = await command.run(["drill", "check", command.write("quick.yaml", quick)]);
    expect([checked.code, checked.stdout]).toEqual([
      0,
      "Quick: nothing is wrong with it.\nIt sends 2 requests to links that it brings (primary, other), in 20 s at most.\nIt costs nothing.\n",
    ]);
  });

  it("stops at Ctrl+C, and a kill in the middle leaves nothing behind", async () => {
    const command = new CommandLine();
    const long = command.write("long.yaml", quick.replace("count: 2", "count: 10000"));
    const stopped = command.start(["drill", "run", long]);
    await stopped.wrote(/Ctrl\+C stops it/);
    stopped.child.kill("SIGINT");
    const ended = await stopped.ended;
    expect([ended.code, ended.stdout]).toEqual([130, expect.stringContaining("It was stopped.")]);

    const reports = join(command.folder, "data/drills/reports");
    const before = readdirSync(reports);
    const killed = command.start(["drill", "run", long]);
    await killed.wrote(/Ctrl\+C stops it/);
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(readdirSync(reports)).toEqual(before);
    const next = await command.run(["drill", "run", command.write("quick.yaml", quick)]);
    expect(next.code).toBe(0);
    expect(existsSync(join(command.folder, "data/holdfast.db"))).toBe(true);
    expect(readFileSync(join(command.folder, "quick.yaml"), "utf8")).toBe(quick);
  });
});
