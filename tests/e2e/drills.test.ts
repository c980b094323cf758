import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../hosts/support/program.ts";
import { type Host, startHost } from "./support/host.ts";
import { answer, ask, askAnew, ended, launchBrowser, notices, visit } from "./support/page.ts";

const quick = `
name: Quick outage
max_duration: 60s
config:
  fallback_chain: [{ id: primary, provider: openai, model: none }, { id: other, provider: openai, model: none }]
stand_ins: { primary: {}, other: {} }
faults: [{ fault: status, status: 503, links: [first], from: 1s }]
requests:
  - { name: before, prompts: [Well?], count: 2, every: 200ms }
  - { name: outage, prompts: [Well?], count: 20, every: 300ms, from: 1500ms }
expect:
  - { check: tier, is: backup, of: outage }
  - { check: whole }
`;

const folder = temporaryFolder();
let browser: Browser;
let host: Host;
beforeAll(async () => {
  mkdirSync(join(folder.path, "drills"));
  writeFileSync(join(folder.path, "drills/quick.yaml"), quick);
  browser = await launchBrowser();
  host = await startHost({ dataDir: folder.path });
});
afterAll(async () => {
  await browser.close();
  await host[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

test("a drill is started from its page, told of on every page and in answers, ends by itself, and leaves a report", async () => {
  await using at = await visit(browser, host, "/#/drills");
  const { page } = at;
  await page.getByRole("button", { name: "Run Quick outage" }).click();
  await page.getByRole("button", { name: "Run the drill" }).click();
  await page.getByRole("region", { name: "Running drill" }).waitFor();
  const banner = page.getByRole("status", { name: "Drill" });
  await banner.getByText("A drill is running: Quick outage.").waitFor();

  await page.goto(`${host.origin}/#/chat`);
  await banner.waitFor();
  await ask(page, "What is Holdfast?");
  await ended(page);
  expect((await notices(answer(page))).join()).toContain("The drill “Quick outage” is running");

  await banner.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Drills" }).click();
  const report = page.getByRole("region", { name: "Report: Quick outage" });
  await report.getByText("passed", { exact: true }).waitFor();
  expect(await report.getByRole("list", { name: "Expectations" }).textContent()).toContain(
    'PassedTier backup for all answers of "outage"20 of 20 (100 %): backup 20',
  );
  await askAnew(page, "What is Holdfast?");
  expect((await notices(answer(page))).join()).not.toContain("drill");
  expect(at.complaints).toEqual([]);
});
