import { describe, expect, it } from "vitest";
import type { DrillInfo, DrillProgress, DrillReport } from "../../../electron/contract/index.ts";
import { status } from "../support/fixtures.ts";
import { withBrowser } from "../support/page.ts";
import { offline } from "../support/scripts.ts";

const { open } = withBrowser();

const info: DrillInfo = {
  id: "outage",
  source: "shipped",
  path: "/program/drills/outage.yaml",
  name: "Primary outage",
  description: "The first provider is down.",
  problem: null,
  max_duration_ms: 60_000,
  requests: 4,
  faults: ["HTTP 503 on first, from 2s for 10s"],
  expectations: ["Tier backup for all answers"],
  rehearses: ["backup", "breaker"],
  has_stand_ins: true,
  cost: null,
  own_chain_cost: "Up to 4 requests may reach links that cost money: primary (gpt-5).",
};
const head = {
  id: "run-1",
  drill: "outage",
  name: "Primary outage",
  chain: "stand_ins" as const,
  without: null,
  started_at: "2026-03-02T09:15:00.000Z",
};
const point = {
  n: 1,
  at_ms: 500,
  tier: "backup" as const,
  link: "second",
  first_token_ms: 90,
  duration_ms: 200,
};
const running: DrillProgress = {
  ...head,
  ends_at: "2026-03-02T09:16:00.000Z",
  elapsed_ms: 3_000,
  max_duration_ms: 60_000,
  done: 1,
  total: 4,
  tiers: [{ tier: "backup", count: 1 }],
  points: [point],
  faults: [{ text: "HTTP 503 on first, from 2s for 10s", from_ms: 2_000, to_ms: 12_000, hits: 1 }],
  moments: [{ at_ms: 2_000, what: "fault", text: "Begins: HTTP 503 on first" }],
  findings: [{ text: "Tier backup for all answers", outcome: "open", seen: "1 of 1 (100 %)" }],
};
const report: DrillReport = {
  ...head,
  description: "",
  seed: 1,
  end: "finished",
  duration_ms: 14_000,
  passed: false,
  findings: [
    { text: "Tier backup for all answers", outcome: "failed", seen: "0 of 4 (0 %)" },
    { text: "Alert A fires", outcome: "unchecked", seen: "promtool is not on this machine" },
  ],
  links: [],
  faults: running.faults,
  moments: running.moments,
  answers: [
    {
      ...point,
      group: null,
      prompt: "?",
      level: "full",
      attempts: [],
      notices: [],
      whole: true,
      text: "Well.",
      failure: null,
      cost_usd: null,
    },
  ],
  cost_usd: null,
  version: "0.1.0",
};

async function openDrills() {
  const session = await open(offline);
  await session.page.getByRole("link", { name: "Drills" }).click();
  await session.page.getByRole("heading", { name: "Drills", level: 1 }).waitFor();
  return session;
}

describe("the page Drills", () => {
  it("starts a drill only after it was said what it does, and what it may cost", async () => {
    const { page, app } = await openDrills();
    app.drills.set({ drills: [info] });
    await page.getByRole("button", { name: "Run Primary outage" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("HTTP 503 on first, from 2s for 10s").waitFor();
    await dialog.getByText("Tier backup for all answers").waitFor();
    expect(app.drills.started).toEqual([]);
    const start = dialog.getByRole("button", { name: "Run the drill" });
    await dialog.getByRole("radio", { name: /Your own chain/ }).click();
    expect(await start.isDisabled()).toBe(true);
    await dialog.getByRole("checkbox", { name: /may reach links that cost money/ }).check();
    await dialog.getByRole("combobox", { name: "Switched off" }).selectOption("breaker");
    app.drills.onStart = () => app.drills.set({ running });
    await start.click();
    await page.getByRole("region", { name: "Running drill" }).waitFor();
    expect(app.drills.started).toEqual([
      { drill: info.path, own_chain: true, without: "breaker", may_cost: true },
    ]);
    expect(await dialog.count()).toBe(0);
  });

  it("says why a drill was not started", async () => {
    const { page, app } = await openDrills();
    app.drills.set({ drills: [info] });
    await page.getByRole("button", { name: "Run Primary outage" }).click();
    await page.getByRole("button", { name: "Run the drill" }).click();
    await page.getByRole("alert").getByText("It can't be started.").waitFor();
  });

  it("shows how the drill that runs goes, and stops it", async () => {
    const { page, app } = await openDrills();
    app.drills.set({ drills: [info], running });
    const view = page.getByRole("region", { name: "Running drill" });
    await view.getByText("1 of 4 requests, 3.0 s").waitFor();
    await view.getByRole("img", { name: "Timeline: 1 answers under 1 faults" }).waitFor();
    await view.getByText("Begins: HTTP 503 on first").waitFor();
    expect(await view.getByRole("list", { name: "Answers by tier" }).textContent()).toBe("Backup 1");
    expect(await view.getByRole("list", { name: "Expectations" }).textContent()).toBe(
      "OpenTier backup for all answers1 of 1 (100 %)",
    );
    expect(await page.getByRole("button", { name: "Run Primary outage" }).isDisabled()).toBe(true);
    await view.getByRole("button", { name: "Stop" }).click();
    await view.waitFor({ state: "detached" });
    expect(app.drills.stops).toBe(1);
  });

  it("shows a report, and saves it as a file", async () => {
    const { page, app } = await openDrills();
    app.drills.reports.set("run-1", report);
    app.drills.set({
      drills: [info],
      reports: [{ ...head, end: "finished", passed: false, failed: 1, unchecked: 1 }],
    });
    const view = page.getByRole("region", { name: "Report: Primary outage" });
    await view.getByText("failed, 1 of 2").waitFor();
    expect(
      await view.getByRole("list", { name: "Expectations" }).getByRole("listitem").allTextContents(),
    ).toEqual([
      "FailedTier backup for all answers0 of 4 (0 %)",
      "Not checkedAlert A firespromtool is not on this machine",
    ]);
    const saved = page.waitForEvent("download");
    await view.getByRole("button", { name: "Save the report" }).click();
    expect((await saved).suggestedFilename()).toBe("run-1.html");
  });

  it("says what is wrong with a file, which can't be run", async () => {
    const { page, app } = await openDrills();
    app.drills.set({
      drills: [{ ...info, source: "own", problem: "outage.yaml:3:1 faults: 3 is not a list" }],
    });
    await page.getByText("outage.yaml:3:1 faults: 3 is not a list").waitFor();
    expect(await page.getByRole("button", { name: "Run Primary outage" }).isDisabled()).toBe(true);
  });
});

it("a banner says on every page that a drill runs, and can stop it", async () => {
  const { page, app } = await open(offline);
  const banner = page.getByRole("status", { name: "Drill" });
  await page.getByRole("region", { name: "What works now" }).waitFor();
  expect(await banner.count()).toBe(0);
  app.status.value = status({ drill: { name: "Primary outage", ends_at: running.ends_at } });
  await banner.getByText("A drill is running: Primary outage.").waitFor();
  for (const name of ["Outbox", "Settings"]) {
    await page.getByRole("link", { name, exact: true }).click();
    await banner.waitFor();
  }
  await banner.getByRole("link", { name: "Show" }).click();
  await page.getByRole("heading", { name: "Drills", level: 1 }).waitFor();
  await page.goBack();
  await banner.getByRole("button", { name: "Stop the drill" }).click();
  await expect.poll(() => app.drills.stops).toBe(1);
  app.status.value = status({ drill: null });
  await banner.waitFor({ state: "detached" });
});
