import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, vi } from "vitest";
import config from "../../../electron.vite.config.ts";
import { findChromium } from "../../../scripts/checks/chromium.ts";
import { FakeApp, type Script } from "./fake-app.ts";

const root = resolve(import.meta.dirname, "../../..");
const built = join(root, "out", "renderer");

/** When anything in a folder was changed last, milliseconds since the epoch. */
function newest(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map(
      (file) => statSync(join(folder, file)).mtimeMs,
    ),
  );
}

function upToDate(): boolean {
  const page = join(built, "index.html");
  if (!existsSync(page)) return false;
  return (
    statSync(page).mtimeMs >=
    Math.max(newest(join(root, "renderer")), newest(join(root, "electron/contract")))
  );
}

/** Builds the page when its sources are newer; one builder at a time, the others wait for it. Gives back its folder. */
export async function builtPage(): Promise<string> {
  const lock = join(root, "out", ".page-build");
  mkdirSync(join(root, "out"), { recursive: true });
  while (!upToDate()) {
    try {
      mkdirSync(lock);
    } catch {
      await new Promise((done) => setTimeout(done, 250));
      continue;
    }
    // The test runner's own environment would build the page with React's development parts.
    const environment = process.env.NODE_ENV;
    process.env.NODE_ENV = "production";
    try {
      const page = "renderer" in config ? config.renderer : undefined;
      await build({ configFile: false, base: "./", logLevel: "error", ...page });
    } finally {
      process.env.NODE_ENV = environment;
      rmSync(lock, { recursive: true });
    }
  }
  return built;
}

/** Starts the Chromium that is on this machine, without a window. */
export function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("There is no Chromium here; name one in HOLDFAST_CHROMIUM.");
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** A page at a fake app. `complaints` are errors, console errors and CSP violations that happened in it. */
export interface Session extends AsyncDisposable {
  app: FakeApp;
  page: Page;
  complaints: string[];
}

/** Opens the built page at a new fake app, prepared by `prepare` before the page is loaded. */
export async function open(
  browser: Browser,
  script: Script,
  prepare: (app: FakeApp) => void = () => {},
  options: BrowserContextOptions = {},
): Promise<Session> {
  const app = await FakeApp.start(await builtPage(), script);
  prepare(app);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(12_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(app.url);
  return {
    app,
    page,
    complaints,
    async [Symbol.asyncDispose]() {
      await context.close();
      await app[Symbol.asyncDispose]();
    },
  };
}

/** Types a question and sends it. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel("Your question").fill(question);
  await page.locator("button:enabled", { hasText: "Send" }).waitFor();
  await page.keyboard.press("Enter");
}

/** Starts a browser for the tests of a file, with the time that a browser and a first build need. */
export function withBrowser(): { open: OpenPage } {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 240_000, expect: { poll: { timeout: 10_000 } } });
  let browser: Browser | null = null;
  beforeAll(async () => {
    await builtPage();
    browser = await launch();
  });
  afterAll(() => browser?.close());
  return {
    open: (script, prepare, options) => {
      if (browser === null) throw new Error("a page is opened inside of a test only");
      return open(browser, script, prepare, options);
    },
  };
}

type OpenPage = (
  script: Script,
  prepare?: (app: FakeApp) => void,
  options?: BrowserContextOptions,
) => Promise<Session>;
