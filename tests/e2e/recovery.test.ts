import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Config } from "../../electron/contract/index.ts";
import { writeReciter } from "../fixtures/gguf/index.ts";
import { answer as says, startUnruly, status, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo, localLink } from "../hosts/support/links.ts";
import { temporaryFolder } from "../hosts/support/program.ts";
import { type ApiClient, connect } from "./support/client.ts";
import { type Host, startHost } from "./support/host.ts";
import {
  answer,
  ask,
  askAnew,
  badge,
  conversationOf,
  ended,
  launchBrowser,
  streaming,
  visit,
} from "./support/page.ts";

const folder = temporaryFolder();
const recital = "I answer from this machine.";
const better = "The cloud knows more of it.";
let browser: Browser;
let unruly: Unruly;
let host: Host;
let client: ApiClient;

/** Sets the chain, and what stands beside it. */
const setUp = (config: Config) => client.api.settings.setConfig(config);

beforeAll(async () => {
  [browser, unruly, host] = await Promise.all([
    launchBrowser(),
    startUnruly(),
    startHost({ dataDir: folder.path }),
  ]);
  client = await connect(host);
});
afterAll(async () => {
  await browser.close();
  await host[Symbol.asyncDispose]();
  await unruly.close();
  folder[Symbol.dispose]();
});

test("while a slow link is hedged the page says so, and its timeline shows both links at once", async () => {
  await setUp({
    fallback_chain: [
      linkTo(unruly.url, "primary", "openai", "any"),
      linkTo(unruly.url, "second", "anthropic", "any"),
    ],
    hedge: { after: "300ms" },
    outbox: { enabled: false },
  });
  unruly.script({ do: "hang" });
  await using at = await visit(browser, host);
  await ask(at.page, "Who is faster?");
  await answer(at.page).getByText("primary has not begun to answer, so second is asked as well").waitFor();
  await badge(answer(at.page)).click();
  const timeline = at.page.getByRole("region", { name: "Timeline of attempts" });
  await expect.poll(() => timeline.getByText("Is being asked").count()).toBe(2);
  await at.page.getByRole("button", { name: "Stop" }).click();
  await ended(at.page);
  expect(await timeline.getByText("Is being asked").count()).toBe(0);
  expect(at.complaints).toEqual([]);
});

test("a page that is loaded again after an answer broke off shows that it was taken back, and the attempt that failed", async () => {
  await setUp({
    fallback_chain: [
      linkTo(unruly.url, "primary", "openai", "any"),
      linkTo(unruly.url, "second", "anthropic", "any"),
    ],
    outbox: { enabled: false },
  });
  unruly.script(({ path }) =>
    path.includes("messages")
      ? says({ text: "word ".repeat(60), pieces: 60, delayMs: 60 })
      : says({ text: "It begins and then", breaks: { by: "cut", after: 2 } }),
  );
  await using at = await visit(browser, host);
  await ask(at.page, "Tell me a story");
  await streaming(at.page, /word word/);
  await at.page.reload();
  await streaming(at.page, /word word/);
  await answer(at.page).getByText("The answer broke off; starting again with second.").waitFor();
  await badge(answer(at.page)).click();
  const timeline = at.page.getByRole("region", { name: "Timeline of attempts" });
  await timeline.getByText("Failed: the answer broke off").waitFor();
  await timeline.getByText("Is answering").waitFor();
  await at.page.getByRole("button", { name: "Stop" }).click();
  await ended(at.page);
});

test("the choice between an answer and the better one that came later outlives a kill, and the costs stand at their link", async () => {
  const paid = { ...linkTo(unruly.url, "primary", "openai", "any"), price: { input: 100, output: 1_000 } };
  const reciter = writeReciter(join(folder.path, "recital.gguf"), { sentence: recital });
  await setUp({ fallback_chain: [paid, localLink(reciter)], budget: { monthly_usd: 50 } });
  unruly.script(status(503));
  await using at = await visit(browser, host);
  const conversation = await askAnew(at.page, "What do you know?");
  expect(await badge(answer(at.page)).textContent()).toBe("Local");

  unruly.script(says({ text: better }));
  await at.page.getByRole("link", { name: /^Outbox/ }).click();
  await at.page.getByRole("button", { name: "Ask now" }).click();
  await at.page.getByRole("button", { name: "Compare" }).click();
  const comparison = at.page.getByRole("dialog", { name: "A better answer is ready" });
  await comparison.getByRole("region", { name: "The better answer" }).getByText("cloud").first().waitFor();
  await comparison
    .getByRole("region", { name: "The answer that you have" })
    .getByRole("button", { name: "Keep this one" })
    .click();
  await answer(at.page).getByText(recital, { exact: true }).waitFor();
  expect(conversationOf(at.page)).toBe(conversation);
  await at.page.getByRole("button", { name: /^Budget/ }).click();
  await at.page
    .getByRole("dialog", { name: "Budget of this month" })
    .getByRole("row", { name: /^primary \$[0-9.]+ \d+ attempt/ })
    .waitFor();

  await host.end("SIGKILL");
  host = await startHost({ dataDir: folder.path });
  await using again = await visit(browser, host, `/#/chat/${conversation}`);
  const shown = await ended(again.page);
  await shown.getByText(recital, { exact: true }).waitFor();
  await again.page.getByRole("group", { name: "Answers to this question" }).getByText("1/2").waitFor();
});
