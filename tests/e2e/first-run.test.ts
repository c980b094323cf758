import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../hosts/support/program.ts";
import { startHost } from "./support/host.ts";
import { answer, badge, ended, launchBrowser, newVisit, notices } from "./support/page.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test("a newcomer without a key and without a network opens the link, clicks a question, and the starter model answers", async () => {
  using folder = temporaryFolder();
  await using host = await startHost({ dataDir: folder.path, offline: true });
  await using visit = await newVisit(browser);
  const { page, complaints } = visit;
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).origin));

  await page.goto(host.link);
  const card = page.getByRole("region", { name: "What works now" });
  await card.getByText("No provider yet. Offline answers come from the starter model.").waitFor();
  await card.getByRole("button", { name: "Add a provider", exact: true }).waitFor();
  await card.getByRole("button", { name: "Get a better local model" }).waitFor();
  expect(await card.getByRole("listitem").first().textContent()).toContain("starter");

  await card.getByRole("button", { name: "What happens when I lose my connection?" }).click();
  const first = await ended(page);
  expect(await badge(first).textContent()).toBe("Local");
  expect(await notices(first)).toEqual([expect.stringMatching(/^This is the small starter model\./)]);
  expect(await first.getAttribute("data-state")).toBe("complete");
  expect(await first.textContent()).toMatch(/connection|offline|this machine|local model/i);

  expect(new Set(asked)).toEqual(new Set([host.origin]));
  expect(host.output()).not.toContain("REFUSED");
  expect(complaints).toEqual([]);
});

test("the link works for one browser only, and says so to the next", async () => {
  using folder = temporaryFolder();
  await using host = await startHost({ dataDir: folder.path });
  await using mine = await newVisit(browser);
  await mine.page.goto(host.link);
  await mine.page.getByRole("region", { name: "What works now" }).waitFor();

  await using other = await newVisit(browser);
  const reply = await other.page.goto(host.link);
  expect(reply?.status()).toBe(403);
  await other.page.getByText("this browser has not been let in").waitFor();
  expect(await answer(other.page).count()).toBe(0);
});
