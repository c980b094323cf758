import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeReciter } from "../fixtures/gguf/index.ts";
import { temporaryFolder } from "../hosts/support/program.ts";
import { FileServer } from "../models/support/file-server.ts";
import { startHost } from "./support/host.ts";
import { askAnew, badge, ended, launchBrowser, visit } from "./support/page.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const row = (page: Page, list: string, name: string): Locator =>
  page.getByRole("list", { name: list }).getByRole("listitem", { name, exact: true });

/** Asks, and gives the badge of the answer, which must have this text. */
async function answeredBy(page: Page, text: string): Promise<string | null> {
  await askAnew(page, "When does the tide turn?");
  const answer = await ended(page);
  await answer.getByText(text).waitFor();
  return badge(answer).textContent();
}

/** Presses a button as a keyboard does. */
async function byKeyboard(button: Locator): Promise<void> {
  await button.focus();
  await button.page().keyboard.press("Enter");
}

/** Takes the link "local" out of the chain, then removes the model that it ran. */
async function removeUsed(page: Page, origin: string, name: string, press: Press): Promise<void> {
  await page.goto(`${origin}/#/settings`);
  await press(page.getByRole("button", { name: /^Remove local/ }));
  await press(page.getByRole("dialog").getByRole("button", { name: /Remove/ }));
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.goto(`${origin}/#/models`);
  await press(row(page, "Installed models", name).getByRole("button", { name: `Remove ${name}` }));
  await press(page.getByRole("button", { name: "Remove it" }));
  await row(page, "Installed models", name).waitFor({ state: "detached" });
}

type Press = (button: Locator) => Promise<void>;
const ways: [string, Press][] = [
  ["mouse", (button) => button.click()],
  ["keyboard", byKeyboard],
];

test.each(ways)(
  "a model is downloaded with progress, paused and resumed, used, and removed by %s",
  async (_, press) => {
    using folder = temporaryFolder();
    const source = writeReciter(join(folder.path, "source.gguf"), { sentence: "Downloaded, I answer." });
    await using server = await FileServer.start(readFileSync(source));
    let held = true;
    server.trouble = (request, response, [first, last]) => {
      if (!held || request.headers.range === "bytes=0-3") return false;
      response.writeHead(206, {
        "content-length": last - first + 1,
        etag: server.etag ?? "",
        "content-range": `bytes ${first}-${last}/${server.bytes.length}`,
      });
      response.write(server.bytes.subarray(first, first + 100_000));
      return true;
    };
    await using host = await startHost({ dataDir: folder.path, offline: true, env: { HOME: folder.path } });
    await using at = await visit(browser, host, "/#/models");
    const { page } = at;
    await page.getByLabel("Name, address or path").fill(server.url);
    await press(page.getByRole("button", { name: "Add", exact: true }));
    const download = row(page, "Downloads", "model");
    await download.getByText("no checksum: its size is compared").waitFor();
    await expect.poll(() => download.getByRole("progressbar").getAttribute("value")).toBe("100000");
    await press(download.getByRole("button", { name: "Pause model" }));
    await download.getByText("Paused").waitFor();
    held = false;
    await press(download.getByRole("button", { name: "Resume model" }));
    const installed = row(page, "Installed models", "model");
    await press(installed.getByRole("button", { name: "Use model" }));
    await installed.getByText("in the chain as local").waitFor();
    expect(await answeredBy(page, "Downloaded, I answer.")).toBe("Local");

    await page.goto(`${host.origin}/#/models`);
    await press(installed.getByRole("button", { name: "Remove model" }));
    await press(page.getByRole("button", { name: "Remove it" }));
    await page.getByText('The link "local" runs model.').waitFor();
    const file = join(folder.path, "models", "model.gguf");
    expect(existsSync(file)).toBe(true);
    await removeUsed(page, host.origin, "model", press);
    expect(existsSync(file)).toBe(false);
    expect(at.complaints).toEqual([]);
  },
);

test("a file that is chosen in the browser is copied, checked and used; what is no model is refused", async () => {
  using folder = temporaryFolder();
  const model = writeReciter(join(folder.path, "given.gguf"), { sentence: "Given by hand, I answer." });
  await using host = await startHost({ dataDir: folder.path, offline: true, env: { HOME: folder.path } });
  await using at = await visit(browser, host, "/#/models");
  const { page } = at;
  const film = { name: "film.gguf", mimeType: "video/mp4", buffer: Buffer.from("....ftypmp42") };
  await page.getByLabel("Model file").setInputFiles(film);
  await page.getByText("film.gguf is not a GGUF file.").waitFor();
  await page.getByLabel("Model file").setInputFiles(model);
  const installed = row(page, "Installed models", "given");
  await installed.getByText("given by you").waitFor();
  expect(readFileSync(join(folder.path, "models", "given.gguf")).equals(readFileSync(model))).toBe(true);
  await installed.getByRole("button", { name: "Use given" }).click();
  await installed.getByText("in the chain as local").waitFor();
  expect(await answeredBy(page, "Given by hand, I answer.")).toBe("Local");
  expect(at.complaints).toEqual([]);
});

test("a file is added, tried, used and removed by keyboard alone", async () => {
  using folder = temporaryFolder();
  const path = writeReciter(join(folder.path, "tide.gguf"), { sentence: "By keyboard, I answer." });
  await using host = await startHost({ dataDir: folder.path, offline: true, env: { HOME: folder.path } });
  await using at = await visit(browser, host, "/#/models");
  const { page } = at;
  await page.getByLabel("Name, address or path").focus();
  await page.keyboard.type(path);
  await page.keyboard.press("Enter");
  const installed = row(page, "Installed models", "tide");
  await byKeyboard(installed.getByRole("button", { name: "Try tide" }));
  await page.getByRole("dialog").getByLabel("Question").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("status", { name: "Answer" }).getByText("By keyboard, I answer.").waitFor();
  await page.keyboard.press("Escape");
  await byKeyboard(installed.getByRole("button", { name: "Remove tide" }));
  await page.getByRole("button", { name: "Keep it" }).waitFor();
  await page.keyboard.press("Escape");
  await byKeyboard(installed.getByRole("button", { name: "Use tide" }));
  await installed.getByText("in the chain as local").waitFor();
  expect(await answeredBy(page, "By keyboard, I answer.")).toBe("Local");
  await removeUsed(page, host.origin, "tide", byKeyboard);
  // A file that lies where a person put it is forgotten, and stays theirs.
  expect(existsSync(path)).toBe(true);
  expect(at.complaints).toEqual([]);
});
