import { beforeEach, describe, expect, it } from "vitest";
import { pageScheme } from "../../electron/hosts/electron-page.ts";
import { openWindow } from "../../electron/hosts/electron-window.ts";
import type { WindowState } from "../../electron/hosts/electron-window-state.ts";
import { type DoubleOptions, electronDouble } from "../fixtures/electron-double/index.ts";

const bounds = { x: 100, y: 80, width: 900, height: 700 };

describe("the window", () => {
  let saved: WindowState[];
  let errors: unknown[];
  beforeEach(() => {
    saved = [];
    errors = [];
  });

  /** Opens a window; `page` is what its scheme answers. */
  function open(options: DoubleOptions & { loaded?: unknown; page?: () => Promise<Response> } = {}) {
    const double = electronDouble(options);
    double.electron.protocol.registerSchemesAsPrivileged([
      { scheme: pageScheme, privileges: { standard: true } },
    ]);
    double.app.becomesReady();
    double.electron.protocol.handle(pageScheme, options.page ?? (async () => new Response("page")));
    openWindow({
      electron: double.electron,
      preload: "/preload.cjs",
      memory: { load: () => options.loaded, save: (state) => saved.push(state) },
      onError: (error) => errors.push(error),
    });
    const window = double.windows[0];
    if (!window) throw new Error("no window was opened");
    return { ...double, window };
  }

  it("keeps Node and Electron out of the page", () => {
    expect(open().window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      preload: "/preload.cjs",
    });
  });

  it("fetches no dictionaries from the network", () => {
    expect(open().window.options.webPreferences?.spellcheck).toBe(false);
  });

  it("shows itself only once the page has drawn itself", async () => {
    const page = Promise.withResolvers<Response>();
    const { window } = open({ page: () => page.promise });
    expect(window.shown).toBe(false);
    page.resolve(new Response("page"));
    await expect.poll(() => window.shown).toBe(true);
  });

  it.each([
    [true, "#14181a"],
    [false, "#f5f4ef"],
  ])("has the ground of the page before it is there (dark: %s)", (prefersDark, colour) => {
    expect(open({ prefersDark }).window.options.backgroundColor).toBe(colour);
  });

  it("tells of a page that can't be loaded", async () => {
    open({ page: async () => new Response(null, { status: 404 }) });
    await expect.poll(() => errors.length).toBe(1);
  });

  it("opens where it was when it was last closed", () => {
    const { window } = open({ loaded: { bounds, maximized: true } });
    expect(window.options).toMatchObject(bounds);
    expect(window.isMaximized()).toBe(true);
  });

  it("remembers where it is when it is closed", () => {
    const { window } = open();
    window.isPutAt(bounds);
    window.close();
    expect(saved).toEqual([{ bounds, maximized: false }]);
  });

  it.each([
    ["nothing was saved", undefined],
    ["what was saved is not a state", { bounds: "large" }],
    ["its display is gone", { bounds: { ...bounds, x: 5000 }, maximized: false }],
    ["its title bar would be above the display", { bounds: { ...bounds, y: -200 }, maximized: false }],
  ])("opens at its default size where %s", (_why, loaded) => {
    const { options } = open({ loaded }).window;
    expect([options.x, options.y, options.width, options.height]).toEqual([undefined, undefined, 1180, 780]);
  });

  it("offers to show the page again when its process has died", async () => {
    const { window, messageBoxes } = open({ pressedButton: 0 });
    window.webContents.dies("crashed");
    await expect.poll(() => window.webContents.reloads).toBe(1);
    expect(messageBoxes[0]?.buttons).toEqual(["Show it again", "Quit"]);
  });

  it("quits when the person wants that after the page's process has died", async () => {
    const { window, app } = open({ pressedButton: 1 });
    window.webContents.dies("oom");
    await expect.poll(() => app.exitCode).toBe(0);
    expect(window.webContents.reloads).toBe(0);
  });

  it("says nothing when the page's process ended in the ordinary way", () => {
    const { window, messageBoxes } = open();
    window.webContents.dies("clean-exit");
    expect(messageBoxes).toEqual([]);
  });
});
