import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeReciter } from "../fixtures/gguf/index.ts";
import { startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo, localLink } from "../hosts/support/links.ts";
import { temporaryFolder } from "../hosts/support/program.ts";
import { connect } from "./support/client.ts";
import { startHost } from "./support/host.ts";
import {
  ask,
  badge,
  composer,
  conversationOf,
  ended,
  launchBrowser,
  notices,
  question,
  streaming,
  visit,
} from "./support/page.ts";
import { childrenOf } from "./support/processes.ts";
import { slowStory, story } from "./support/story.ts";

let browser: Browser;
let unruly: Unruly;
beforeAll(async () => {
  [browser, unruly] = await Promise.all([launchBrowser(), startUnruly()]);
  unruly.script(slowStory);
});
afterAll(async () => {
  await browser.close();
  await unruly.close();
});

/** The words of the story that the page shows now. */
const shownStory = async (page: Page): Promise<string> =>
  (await page.getByText(/^word0/).textContent()) ?? "";

test("when the engine is killed in the middle of an answer, the next link answers, and the engine starts again", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "endless.gguf");
  const endless = writeReciter(path, { sentence: "on and on and ", endless: true, feedForward: 20_000 });
  await using host = await startHost({
    dataDir: folder.path,
    config: { fallback_chain: [localLink(endless), linkTo(unruly.url, "second", "openai", "any")] },
  });
  using client = await connect(host);
  await using at = await visit(browser, host);

  await ask(at.page, "How long?");
  await streaming(at.page, /^on and on/);
  const [engine, ...others] = childrenOf(host.pid);
  expect(others).toEqual([]);
  process.kill(engine as number, "SIGKILL");

  const answer = await ended(at.page);
  expect(await answer.getByText("All is well.", { exact: true }).count()).toBe(1);
  expect(await badge(answer).textContent()).toBe("Cloud");
  expect(await notices(answer)).toEqual([expect.stringMatching(/^local broke off in the middle/)]);
  const { messages } = await client.api.conversations.get({ id: conversationOf(at.page) });
  expect(messages[1]?.receipt?.attempts.map(({ kind }) => kind)).toEqual(["engine_crashed", null]);

  await ask(at.page, "Once more?");
  await streaming(at.page, /^on and on/);
  const [next] = childrenOf(host.pid);
  expect(next).not.toBe(engine);
  await at.page.getByRole("button", { name: "Stop" }).click();
  expect(await (await ended(at.page)).getAttribute("data-state")).toBe("stopped");
  expect((await client.api.status.get()).engine.restarts).toBe(1);
});

test("when the app is killed in the middle of an answer, the open page finds the app again and nothing shown or typed is lost", async () => {
  using folder = temporaryFolder();
  const config = { fallback_chain: [linkTo(unruly.url, "primary", "anthropic", "story")] };
  const host = await startHost({ dataDir: folder.path, config });
  await using _ = host;
  await using at = await visit(browser, host);

  await ask(at.page, "Tell me a story");
  await streaming(at.page, /word6/);
  await composer(at.page).fill("And who wrote it?");
  await host.end("SIGKILL");
  await at.page.getByText("Reconnecting to Holdfast.").waitFor();
  const shown = await shownStory(at.page);
  expect(shown).toMatch(/^word0 .*word6/);

  await using again = await startHost({ dataDir: folder.path, config, port: host.port });
  expect(again.port).toBe(host.port);
  await at.page.getByText("Holdfast was closed in the middle of this answer.").waitFor();
  expect(await question(at.page, "Tell me a story").count()).toBe(1);
  expect(await composer(at.page).inputValue()).toBe("And who wrote it?");

  using client = await connect(again);
  const { messages } = await client.api.conversations.get({ id: conversationOf(at.page) });
  const [asked, kept] = messages;
  expect(asked).toMatchObject({ role: "user", text: "Tell me a story" });
  expect(kept).toMatchObject({ role: "assistant", state: "interrupted" });
  expect(story.startsWith(kept?.text ?? "?")).toBe(true);
  expect(kept?.text.startsWith(shown.trimEnd())).toBe(true);
  expect((await shownStory(at.page)).trimEnd()).toBe(kept?.text.trimEnd());

  await composer(at.page).press("Enter");
  await question(at.page, "And who wrote it?").waitFor();
  await streaming(at.page, /word3/);
});

test("a request to end closes the app in the middle of an answer, and keeps what there is of it", async () => {
  using folder = temporaryFolder();
  const config = { fallback_chain: [linkTo(unruly.url, "primary", "openai", "story")] };
  await using host = await startHost({ dataDir: folder.path, config });
  await using at = await visit(browser, host);
  await ask(at.page, "Tell me a story");
  await streaming(at.page, /word6/);
  await host.end("SIGTERM");

  await using again = await startHost({ dataDir: folder.path, config });
  using client = await connect(again);
  const { messages } = await client.api.conversations.get({ id: conversationOf(at.page) });
  expect(messages[1]).toMatchObject({ state: "interrupted", text: expect.stringMatching(/^word0 .*word6/) });
});
