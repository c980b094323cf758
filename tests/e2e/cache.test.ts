import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answer as says, startUnruly, status, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { temporaryFolder } from "../hosts/support/program.ts";
import { type ApiClient, connect } from "./support/client.ts";
import { type Host, startHost } from "./support/host.ts";
import { answer, askAnew, badge, launchBrowser, notices, visit } from "./support/page.ts";

const asked = "How do I boil an egg so that the yolk stays soft?";
const paraphrase = "How do I boil an egg so the yolk stays soft?";
const lookAlike = "How do I boil an egg so that the yolk does not stay soft?";

const folder = temporaryFolder();
let browser: Browser;
let unruly: Unruly;
let host: Host;
let client: ApiClient;
beforeAll(async () => {
  [browser, unruly] = await Promise.all([launchBrowser(), startUnruly()]);
  unruly.script(says({ text: "Six minutes, then cold water." }));
  const config = { fallback_chain: [linkTo(unruly.url, "primary", "openai", "any")] };
  host = await startHost({ dataDir: folder.path, config });
  client = await connect(host);
});
afterAll(async () => {
  await browser.close();
  await host[Symbol.asyncDispose]();
  await unruly.close();
  folder[Symbol.dispose]();
});

test("after a day of use, unplugged, earlier answers come with their question, similarity and age, and a no is remembered", async () => {
  await using at = await visit(browser, host);
  await askAnew(at.page, asked);
  await expect.poll(async () => (await client.api.cache.stats()).waiting, { timeout: 30_000 }).toBe(0);
  unruly.script(status(503));

  await askAnew(at.page, asked);
  expect(await badge(answer(at.page)).textContent()).toBe("Cached");
  const exact = answer(at.page).getByRole("region", { name: "Earlier answer" });
  expect(await exact.textContent()).toContain("the same words");

  await askAnew(at.page, paraphrase);
  const shown = answer(at.page);
  expect(await badge(shown).textContent()).toBe("Cached");
  await shown.getByText("Six minutes, then cold water.").waitFor();
  expect((await notices(shown)).join()).toContain(asked);
  const earlier = shown.getByRole("region", { name: "Earlier answer" });
  expect(await earlier.textContent()).toMatch(/Question then:.*yolk.*Similarity:9\d %Age:/);
  await earlier.getByText("Was this the same question?").waitFor();
  await earlier.getByRole("button", { name: "No" }).click();
  await earlier.getByText("You said that it was another question.").waitFor();

  await askAnew(at.page, paraphrase);
  expect(await badge(answer(at.page)).textContent()).toBe("Offline");
  await askAnew(at.page, lookAlike);
  expect(await badge(answer(at.page)).textContent()).toBe("Offline");

  await at.page.getByRole("link", { name: "Cache" }).click();
  await at.page.getByRole("list", { name: "Earlier answers" }).getByText(asked).waitFor();
  const lookups = at.page.getByRole("region", { name: "Look-ups" });
  await lookups.getByText("You said that it is another question.").first().waitFor();
  expect(await lookups.getByText(lookAlike).count()).toBeGreaterThan(0);
  await lookups.getByText("Negation: only one of them has it.").waitFor();
  expect(at.complaints).toEqual([]);
});

test("an entry is pinned, and all are removed", async () => {
  await using at = await visit(browser, host, "/#/cache");
  const entry = at.page.getByRole("list", { name: "Earlier answers" }).getByRole("listitem").first();
  await entry.getByRole("button", { name: "Pin" }).click();
  await entry.getByRole("button", { name: "Unpin" }).waitFor();
  await at.page.getByRole("button", { name: "Remove all" }).click();
  await at.page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await at.page.getByText("Nothing is kept yet.").waitFor();
});
