import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeReciter } from "../fixtures/gguf/index.ts";
import { startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo, localLink } from "../hosts/support/links.ts";
import { temporaryFolder } from "../hosts/support/program.ts";
import { startHost } from "./support/host.ts";
import { askAnew, badge, ended, launchBrowser, notices, visit } from "./support/page.ts";

let browser: Browser;
let unruly: Unruly;
beforeAll(async () => {
  [browser, unruly] = await Promise.all([launchBrowser(), startUnruly()]);
});
afterAll(async () => {
  await browser.close();
  await unruly.close();
});

const chain = (page: Page): Locator => page.getByRole("list", { name: "The chain, in its order" });
const chainIds = (page: Page): Promise<(string | null)[]> =>
  chain(page)
    .getByRole("listitem")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label")));

const colorScheme = (page: Page): Promise<string> =>
  page.locator("html").evaluate((html) => getComputedStyle(html).colorScheme);

/** Fills in the form for a new provider, tests it there, and adds it to the chain. */
async function addProvider(page: Page, preset: string, model: string, address: string): Promise<void> {
  await page.getByRole("button", { name: "Add a provider" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: preset, exact: true }).click();
  await dialog.getByLabel("Model").fill(model);
  await dialog.getByLabel("Address").fill(address);
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByRole("status").getByText("It answered in").waitFor();
  await dialog.getByRole("button", { name: "Add to the chain" }).click();
  await dialog.waitFor({ state: "hidden" });
}

test("providers are added, tested and put in order by keyboard, and then answer with the right badge", async () => {
  using folder = temporaryFolder();
  await using host = await startHost({ dataDir: folder.path });
  await using at = await visit(browser, host, "/#/settings");
  const { page } = at;

  await addProvider(page, "OpenAI", "model-by-openai", `${unruly.url}/v1`);
  await addProvider(page, "Anthropic", "model-by-anthropic", unruly.url);
  expect(await chainIds(page)).toEqual(["openai", "anthropic", "starter"]);

  await page.getByRole("button", { name: "Move anthropic", exact: true }).focus();
  await page.keyboard.press("Space");
  await page
    .getByText(/^(Picked up anthropic,|anthropic is at) place 2 of 3\.$/)
    .waitFor({ state: "attached" });
  // The rows are measured after the link is picked up, and a key before that moves nothing.
  const first = page.getByText("anthropic is at place 1 of 3.");
  await expect
    .poll(
      async () => {
        await page.keyboard.press("ArrowUp");
        return await first.count();
      },
      { timeout: 15_000 },
    )
    .toBe(1);
  await page.keyboard.press("Space");
  await expect.poll(() => chainIds(page)).toEqual(["anthropic", "openai", "starter"]);

  await askAnew(page, "Who answers?");
  const byAnthropic = await ended(page);
  expect(await badge(byAnthropic).textContent()).toBe("Cloud");
  expect(await byAnthropic.getByText("anthropic", { exact: true }).count()).toBe(1);
  expect(await byAnthropic.getByText("All is well.").count()).toBe(1);
  expect(await notices(byAnthropic)).toEqual([]);
  expect(unruly.calls.at(-1)).toMatchObject({ path: "/v1/messages", body: { model: "model-by-anthropic" } });

  await page.goto(`${host.origin}/#/settings`);
  await page.getByRole("button", { name: "Move anthropic down" }).click();
  await expect.poll(() => chainIds(page)).toEqual(["openai", "anthropic", "starter"]);
  await askAnew(page, "And now?");
  const byOpenAi = await ended(page);
  expect(await badge(byOpenAi).textContent()).toBe("Cloud");
  expect(await byOpenAi.getByText("openai", { exact: true }).count()).toBe(1);
  expect(unruly.calls.at(-1)).toMatchObject({
    path: "/v1/chat/completions",
    body: { model: "model-by-openai" },
  });
  expect(at.complaints).toEqual([]);
});

test("what was set is in force after a restart", async () => {
  using folder = temporaryFolder();
  {
    await using host = await startHost({ dataDir: folder.path });
    await using at = await visit(browser, host, "/#/settings");
    await addProvider(at.page, "OpenAI", "any", `${unruly.url}/v1`);
    await at.page.getByRole("radio", { name: "Dark" }).click();
    await expect.poll(() => colorScheme(at.page)).toBe("dark");
  }
  await using host = await startHost({ dataDir: folder.path });
  await using at = await visit(browser, host, "/#/settings");
  await chain(at.page).waitFor();
  expect(await chainIds(at.page)).toEqual(["openai", "starter"]);
  expect(await at.page.getByRole("radio", { name: "Dark" }).isChecked()).toBe(true);
  expect(await colorScheme(at.page)).toBe("dark");
});

test("the Test button says why a link does not answer", async () => {
  using folder = temporaryFolder();
  await using host = await startHost({
    dataDir: folder.path,
    config: { fallback_chain: [linkTo(unruly.url, "dead-key", "openai", "status-401")] },
  });
  await using at = await visit(browser, host, "/#/settings");
  await at.page.getByRole("button", { name: "Test dead-key" }).click();
  await at.page.getByRole("status").getByText("Failed: the key was rejected.").waitFor();
});

test("while a config file is in force the page shows it and changes nothing", async () => {
  using folder = temporaryFolder();
  const model = writeReciter(join(folder.path, "recital.gguf"), { sentence: "Read only." });
  await using host = await startHost({
    dataDir: folder.path,
    config: { fallback_chain: [linkTo(unruly.url, "first", "openai", "any"), localLink(model)] },
  });
  await using at = await visit(browser, host, "/#/settings");
  await at.page.getByText("is in force. Change the chain and the rules there").waitFor();
  expect(await chainIds(at.page)).toEqual(["first", "local"]);
  expect(await at.page.getByRole("button", { name: "Add a provider" }).count()).toBe(0);
  expect(await at.page.getByRole("button", { name: /^(Move|Edit|Remove) / }).count()).toBe(0);
});
