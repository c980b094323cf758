import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { temporaryFolder } from "../hosts/support/program.ts";
import { type ApiClient, connect } from "./support/client.ts";
import { type Host, startHost } from "./support/host.ts";
import {
  answer,
  ask,
  badge,
  composer,
  conversationOf,
  ended,
  launchBrowser,
  notices,
  streaming,
  visit,
} from "./support/page.ts";
import { slowStory, story } from "./support/story.ts";

const folder = temporaryFolder();
let browser: Browser;
let unruly: Unruly;
let host: Host;
let client: ApiClient;
beforeAll(async () => {
  [browser, unruly] = await Promise.all([launchBrowser(), startUnruly()]);
  unruly.script(slowStory);
  const config = { fallback_chain: [linkTo(unruly.url, "primary", "openai", "story")] };
  host = await startHost({ dataDir: folder.path, config });
  client = await connect(host);
});
afterAll(async () => {
  await browser.close();
  await host[Symbol.asyncDispose]();
  await unruly.close();
  folder[Symbol.dispose]();
});

test("a page that is loaded again in the middle of an answer shows it whole, and nothing twice", async () => {
  await using at = await visit(browser, host);
  await ask(at.page, "Tell me a story");
  await streaming(at.page, /word5/);
  await at.page.reload();
  const text = await (await streaming(at.page, /word5/)).textContent();
  expect(text).not.toContain("word79");

  const whole = await ended(at.page);
  expect(await whole.getByText(story, { exact: true }).count()).toBe(1);
  expect(await badge(whole).textContent()).toBe("Cloud");
  expect(unruly.calls).toHaveLength(1);
});

test("a second page follows the same answer from the middle", async () => {
  await using at = await visit(browser, host);
  await ask(at.page, "Tell me a story");
  await streaming(at.page, /word5/);
  await using other = await visit(browser, host, `/#/chat/${conversationOf(at.page)}`);
  await streaming(other.page, /word5/);
  const both = await Promise.all([ended(at.page), ended(other.page)]);
  for (const whole of both) expect(await whole.getByText(story, { exact: true }).count()).toBe(1);
});

test("Stop keeps the partial text as stopped, and the provider's connection is let go", async () => {
  await using at = await visit(browser, host);
  await ask(at.page, "Tell me a story");
  await streaming(at.page, /word5/);
  await at.page.getByRole("button", { name: "Stop" }).click();
  const stopped = await ended(at.page);
  await unruly.calls.at(-1)?.aborted;

  expect(await stopped.getAttribute("data-state")).toBe("stopped");
  expect(await notices(stopped)).toEqual([expect.stringMatching(/^You stopped this answer\./)]);
  const { messages } = await client.api.conversations.get({ id: conversationOf(at.page) });
  const { text = "", state } = messages[1] ?? {};
  expect(state).toBe("stopped");
  expect(text).toMatch(/^word0 .*word5/);
  expect(story.startsWith(text) && text !== story).toBe(true);
  expect(await stopped.getByText(text.trimEnd(), { exact: true }).count()).toBe(1);
});

test("Ask again adds a variant, keeps the earlier answer, and both are there after a reload", async () => {
  await using at = await visit(browser, host);
  await ask(at.page, "Tell me a story");
  await streaming(at.page, /word2/);
  await at.page.getByRole("button", { name: "Stop" }).click();
  const first = await ended(at.page);
  await first.getByRole("button", { name: "Ask again" }).click();
  await streaming(at.page, /word40/);
  const second = await ended(at.page);
  expect(await second.getByText(story, { exact: true }).count()).toBe(1);

  await at.page.reload();
  const variants = at.page.getByRole("group", { name: "Answers to this question" });
  await variants.getByText("2/2").waitFor();
  await variants.getByRole("button", { name: "Earlier answer" }).click();
  await variants.getByText("1/2").waitFor();
  expect(await answer(at.page).getAttribute("data-state")).toBe("stopped");
});

test("what was typed and not sent survives a reload, for each conversation by itself", async () => {
  await using at = await visit(browser, host);
  await composer(at.page).fill("A question that is not fini");
  await at.page.reload();
  await expect.poll(() => composer(at.page).inputValue()).toBe("A question that is not fini");

  const [earlier] = await client.api.conversations.list();
  await at.page.goto(`${host.origin}/#/chat/${earlier?.id}`);
  await ended(at.page);
  expect(await composer(at.page).inputValue()).toBe("");
  await at.page.goto(`${host.origin}/#/chat`);
  await expect.poll(() => composer(at.page).inputValue()).toBe("A question that is not fini");
});
