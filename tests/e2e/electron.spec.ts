import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { _electron, type ElectronApplication, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { electronBinary, whyNoWindow } from "../../scripts/host.mjs";
import { writeReciter } from "../fixtures/gguf/index.ts";
import { localLink } from "../hosts/support/links.ts";
import { builtProgram, cleanEnv, temporaryFolder } from "../hosts/support/program.ts";
import { ask, badge, ended, notices } from "./support/page.ts";

const root = resolve(import.meta.dirname, "../..");
const executablePath = electronBinary(root);
const machine = { platform: process.platform, env: process.env, uid: process.getuid?.() };
const obstacle =
  executablePath === null ? "Electron is not here (npx install-electron)" : whyNoWindow(machine);
if (obstacle !== null) console.warn(`\n!!! LEFT OUT: the desktop window's tests. ${obstacle}.\n`);

const recital = "I answer in a window of my own.";

describe.skipIf(obstacle !== null)("the desktop window", () => {
  const folder = temporaryFolder();
  let app: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    builtProgram("electron.js");
    const model = writeReciter(join(folder.path, "recital.gguf"), { sentence: recital });
    const config = join(folder.path, "holdfast.json");
    writeFileSync(config, JSON.stringify({ fallback_chain: [localLink(model)] }));
    app = await _electron.launch({
      executablePath: executablePath ?? "",
      args: [root],
      cwd: folder.path,
      env: cleanEnv({ HOLDFAST_DATA_DIR: folder.path, HOLDFAST_CONFIG: config }) as Record<string, string>,
    });
    page = await app.firstWindow();
  });
  afterAll(async () => {
    await app?.close();
    folder[Symbol.dispose]();
  });

  test("opens on our own page, without Node in it", async () => {
    await page.getByRole("region", { name: "What works now" }).waitFor();
    expect(new URL(page.url()).href).toMatch(/^app:\/\/holdfast\//);
    expect(await page.evaluate(() => typeof Reflect.get(globalThis, "require"))).toBe("undefined");
    expect(await page.evaluate(() => typeof Reflect.get(globalThis, "process"))).toBe("undefined");
    expect(app.windows()).toHaveLength(1);
  });

  test("answers from the local model, with its badge and its notice", async () => {
    await ask(page, "Where are you?");
    const answer = await ended(page);
    expect(await answer.getByText(recital, { exact: true }).count()).toBe(1);
    expect(await badge(answer).textContent()).toBe("Local");
    expect(await notices(answer)).toEqual([expect.stringMatching(/^A model on this machine answered/)]);
  });

  test("refuses its port to any other frame, and goes nowhere else", async () => {
    const handedOver = await page.evaluate(async () => {
      const frame = document.createElement("iframe");
      document.body.append(frame);
      let ports = 0;
      frame.contentWindow?.addEventListener("message", (event) => {
        ports += event.ports.length;
      });
      frame.contentWindow?.postMessage("holdfast:ready", "*");
      await new Promise((resolve) => setTimeout(resolve, 500));
      const bridge = typeof Reflect.get(frame.contentWindow ?? {}, "holdfast");
      frame.remove();
      return { ports, bridge };
    });
    expect(handedOver.ports).toBe(0);

    const before = page.url();
    await page.evaluate(() => {
      location.href = "http://elsewhere.example/";
      window.open("http://elsewhere.example/");
    });
    await page.getByRole("textbox", { name: "Your question" }).waitFor();
    expect(page.url()).toBe(before);
    expect(app.windows()).toHaveLength(1);
  });
});
