import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { os } from "@orpc/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type DesktopOptions, startDesktop } from "../../electron/hosts/electron-desktop.ts";
import { type DoubleOptions, electronDouble } from "../fixtures/electron-double/index.ts";

describe("the desktop", () => {
  let renderer: string;
  beforeEach(() => {
    renderer = mkdtempSync(join(tmpdir(), "holdfast-desktop-"));
    writeFileSync(join(renderer, "index.html"), "page");
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(renderer, { recursive: true, force: true });
  });

  /** Starts the desktop over a double; `life` counts how often its app was built and ended. */
  async function start(options: DoubleOptions & Partial<DesktopOptions> = {}) {
    const double = electronDouble(options);
    const life = { built: 0, ended: 0, errors: [] as unknown[] };
    const started = startDesktop({
      electron: double.electron,
      paths: { renderer, preload: "/preload.cjs" },
      memory: { load: () => undefined, save: () => undefined },
      platform: "linux",
      explain: (error) => `explained: ${(error as Error).message}`,
      onError: (error) => life.errors.push(error),
      createApp: () => {
        life.built += 1;
        return {
          router: { ping: os.handler(() => "pong") },
          theme: "dark",
          async [Symbol.asyncDispose]() {
            life.ended += 1;
          },
        };
      },
      ...options,
    });
    double.app.becomesReady();
    await started;
    return { ...double, life };
  }

  it("opens one window on our page, behind the fences", async () => {
    const { windows, app, session, theme, menu } = await start();
    expect(windows).toHaveLength(1);
    await expect.poll(() => windows[0]?.shown).toBe(true);
    expect(windows[0]?.webContents.mainFrame.origin).toBe("app://holdfast");
    expect(windows[0]?.webContents.navigates("https://example.com/")).toBe(false);
    expect(await session.asks("media")).toBe(false);
    expect(app.isSandboxed).toBe(true);
    expect(theme.themeSource).toBe("dark");
    expect(menu()).not.toBeNull();
  });

  it("gives its page the port", async () => {
    const { windows, sends } = await start();
    const contents = windows[0]?.webContents;
    if (!contents) throw new Error("no window was opened");
    await expect.poll(() => contents.mainFrame.origin).toBe("app://holdfast");
    sends("holdfast:port", contents);
    expect(contents.mainFrame.received).toHaveLength(1);
    contents.mainFrame.received[0]?.ports[0]?.close();
  });

  it("leaves the field to an instance that runs already, without building an app", async () => {
    const { app, windows, life } = await start({ isFirst: false });
    expect([app.exitCode, windows.length, life.built]).toEqual([0, 0, 0]);
  });

  it("brings its window to the front when another instance is started", async () => {
    const { app, windows } = await start();
    windows[0]?.minimize();
    app.emit("second-instance");
    expect([windows[0]?.isMinimized(), windows[0]?.focused, windows.length]).toEqual([false, true, 1]);
  });

  it("ends the app before the program ends", async () => {
    const { app, life } = await start();
    app.quit();
    expect(app.exitCode).toBe(null);
    await expect.poll(() => app.exitCode).toBe(0);
    expect(life.ended).toBe(1);
  });

  it("ends the app once, however often it is asked to quit", async () => {
    const { app, life } = await start();
    app.quit();
    app.quit();
    await expect.poll(() => app.exitCode).toBe(0);
    expect(life.ended).toBe(1);
  });

  it("ends without the app when that hangs", async () => {
    const { app } = await start({
      createApp: () => ({ router: {}, theme: "system", [Symbol.asyncDispose]: () => new Promise(() => {}) }),
    });
    vi.useFakeTimers();
    app.quit();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(app.exitCode).toBe(1);
  });

  it("tells of an app that fails to end", async () => {
    const failure = new Error("the database is gone");
    const { app, life } = await start({
      createApp: () => ({
        router: {},
        theme: "system",
        [Symbol.asyncDispose]: () => Promise.reject(failure),
      }),
    });
    app.quit();
    await expect.poll(() => app.exitCode).toBe(1);
    expect(life.errors).toEqual([failure]);
  });

  it("quits with its window, except on macOS", async () => {
    const linux = await start();
    linux.windows[0]?.close();
    await expect.poll(() => linux.app.exitCode).toBe(0);

    const mac = await start({ platform: "darwin" });
    mac.windows[0]?.close();
    expect(mac.life.ended).toBe(0);
    mac.app.emit("activate");
    expect(mac.windows).toHaveLength(2);
  });

  it("says why when the app can't be built, and ends", async () => {
    const { app, errorBoxes, windows } = await start({
      createApp: () => {
        throw new Error("the disk is full");
      },
    });
    expect(errorBoxes).toEqual([{ title: "Holdfast can't start", content: "explained: the disk is full" }]);
    expect([app.exitCode, windows.length]).toEqual([1, 0]);
  });
});
