import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { _electron, type ElectronApplication, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { electronBinary } from "../../scripts/host.mjs";
import { temporaryFolder } from "../hosts/support/program.ts";
import { ask, badge, ended } from "./support/page.ts";

const root = resolve(import.meta.dirname, "../..");

describe("the desktop in Electron itself", () => {
  const folder = temporaryFolder();
  let app: ElectronApplication;
  let page: Page;
  let executablePath: string;

  /** The environment of a person whose data lies in the test's folder. */
  function env(): Record<string, string> {
    const { HOLDFAST_CONFIG: _config, ELECTRON_RUN_AS_NODE: _asNode, ...rest } = process.env;
    return { ...rest, HOLDFAST_DATA_DIR: folder.path } as Record<string, string>;
  }

  beforeAll(async () => {
    const binary = electronBinary(root);
    if (binary === null) throw new Error("Electron is not here. Fetch it with: npx install-electron");
    executablePath = binary;
    app = await _electron.launch({ executablePath, args: [root], cwd: folder.path, env: env() });
    page = await app.firstWindow();
  });
  afterAll(async () => {
    await app?.close();
    folder[Symbol.dispose]();
  });

  test("shows our page, which has neither Node nor Electron", async () => {
    expect(page.url()).toMatch(/^app:\/\/holdfast\//);
    const found = await page.evaluate(() => ({
      require: typeof Reflect.get(globalThis, "require"),
      process: typeof Reflect.get(globalThis, "process"),
      holdfast: Reflect.get(globalThis, "holdfast"),
    }));
    expect(found).toEqual({ require: "undefined", process: "undefined", holdfast: { desktop: true } });
  });

  test("answers from the model on this machine, in the utility process", async () => {
    await ask(page, "What is Holdfast?");
    await badge(await ended(page))
      .getByText("Local")
      .waitFor();
  });

  test("keeps the page from the network and from other windows", async () => {
    const reached = await page.evaluate(() =>
      fetch("http://127.0.0.1:9/").then(
        () => "reached",
        () => "refused",
      ),
    );
    expect(reached).toBe("refused");
    await page.evaluate(() => void window.open("app://holdfast/"));
    expect(app.windows()).toHaveLength(1);
  });

  test("denies permissions", async () => {
    const state = await page.evaluate(() =>
      navigator.permissions.query({ name: "geolocation" }).then((status) => status.state),
    );
    expect(state).toBe("denied");
  });

  test("stays the only instance", async () => {
    const second = spawn(executablePath, [root], { cwd: folder.path, env: env(), stdio: "ignore" });
    expect((await once(second, "exit"))[0]).toBe(0);
    expect(app.windows()).toHaveLength(1);
  });
});
