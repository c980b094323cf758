import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type DrillStart, drill } from "../../electron/contract/index.ts";
import { parseChecked } from "../../electron/store/index.ts";
import { turned } from "../drills/turning-clock.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { startApp } from "./support.ts";

const folder = join(import.meta.dirname, "../../resources/drills");
const shipped = readdirSync(folder).map((name) => ({
  id: name.replace(".yaml", ""),
  drill: parseChecked(readFileSync(join(folder, name), "utf8"), name, drill),
}));

/** Runs a drill in a newcomer's app: no key, no config. */
async function run(start: DrillStart) {
  const clock = new FakeClock();
  const { app } = startApp(null, { clock });
  app.drills.start(start);
  return turned(clock, app.drills.ended());
}

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;

const failed = ({ findings }: Awaited<ReturnType<typeof run>>) =>
  findings.filter(({ outcome }) => outcome === "failed").map(({ text, seen }) => `${text}: ${seen}`);

it("there are five, and each rehearses something", () => {
  expect(shipped.map(({ id }) => id)).toEqual([
    "cable-pulled",
    "primary-outage",
    "quality-drop",
    "rate-limit-surge",
    "slow-primary",
  ]);
  for (const { drill } of shipped) expect(drill.rehearses).not.toEqual([]);
});

describe.each(shipped)("the drill $id", ({ id, drill: { rehearses = [] } }) => {
  it("passes where nothing is set up", async () => {
    const report = await run({ drill: id });
    expect(failed(report)).toEqual([]);
    const unchecked = report.findings.filter(({ outcome }) => outcome === "unchecked");
    if (hasPromtool) expect(unchecked).toEqual([]);
    else
      for (const { text, seen } of unchecked) expect(`${text} ${seen}`).toMatch(/^Alert.*promtool is not on/);
    expect(report).toMatchObject({ passed: true, end: "finished", chain: "stand_ins" });
  });

  it.each(rehearses)("fails without what it rehearses: %s", async (mechanism) => {
    const report = await run({ drill: id, without: mechanism });
    expect(failed(report)).not.toEqual([]);
    expect(report).toMatchObject({ passed: false, end: "finished", without: mechanism });
  });
});
