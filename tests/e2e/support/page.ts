import { type Browser, type BrowserContext, chromium, type Locator, type Page } from "playwright-core";
import { findChromium } from "../../../scripts/checks/chromium.ts";
import type { Host } from "./host.ts";

/** A real Chromium without a window. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("There is no Chromium here; name one in HOLDFAST_CHROMIUM.");
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** A page of one person. `complaints` are errors and CSP violations that happened in it. */
export interface Visit extends AsyncDisposable {
  context: BrowserContext;
  page: Page;
  complaints: string[];
}

/** A browser context that knows nothing of the app yet. */
export async function newVisit(browser: Browser): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { context, page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Opens the app's page, let in by the cookie. */
export async function visit(browser: Browser, host: Host, path = "/"): Promise<Visit> {
  const opened = await newVisit(browser);
  const [name = "", value = ""] = (await host.cookie()).split("=", 2);
  await opened.context.addCookies([{ name, value, url: host.origin, httpOnly: true, sameSite: "Strict" }]);
  await opened.page.goto(`${host.origin}${path}`);
  return opened;
}

export const composer = (page: Page): Locator => page.getByRole("textbox", { name: "Your question" });

/** Types a question and sends it by keyboard. */
export async function ask(page: Page, question: string): Promise<void> {
  await composer(page).fill(question);
  await page.locator("button:enabled", { hasText: "Send" }).waitFor();
  await composer(page).press("Enter");
}

/** Asks in a conversation of its own, waits for the end of the answer, and gives back the conversation's id. */
export async function askAnew(page: Page, question: string): Promise<string> {
  await page.goto(`${new URL(page.url()).origin}/#/chat`);
  await page.getByRole("region", { name: "What works now" }).waitFor();
  await ask(page, question);
  await ended(page);
  return conversationOf(page);
}

/** The id of the conversation that the page shows. */
export function conversationOf(page: Page): string {
  const id = /#\/chat\/([^/]+)$/.exec(page.url())?.[1];
  if (id === undefined) throw new Error(`${page.url()} is not the address of a conversation.`);
  return id;
}

/** A question of the conversation, by its text. */
export const question = (page: Page, text: string): Locator =>
  page.getByRole("article", { name: "Question" }).getByText(text, { exact: true });

/** The newest answer of the conversation. */
export const answer = (page: Page): Locator => page.getByRole("article", { name: "Answer" }).last();

/** The newest answer, once it is finished. */
export async function ended(page: Page): Promise<Locator> {
  await answer(page).and(page.locator('[aria-busy="false"]')).waitFor();
  return answer(page);
}

/** The newest answer, once it is being made and this text of it is to be seen. */
export async function streaming(page: Page, text: string | RegExp): Promise<Locator> {
  const shown = answer(page).getByText(text);
  await shown.waitFor();
  return shown;
}

export const badge = (of: Locator): Locator =>
  of.getByRole("button", { name: /^(Cloud|Backup|Local|Cached|Offline)$/ });

/** What the person is told of an answer, a text for each notice. */
export const notices = (of: Locator): Promise<string[]> =>
  of.getByRole("list", { name: "Notices" }).getByRole("listitem").allTextContents();
