import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const bridge = vi.hoisted(() => ({ exposed: {} as Record<string, unknown>, sent: [] as string[] }));
const ipc = vi.hoisted(() => ({ renderer: null as unknown }));
vi.mock("electron", () => ({
  webUtils: { getPathForFile: () => "" },
  contextBridge: {
    exposeInMainWorld: (name: string, value: unknown) => {
      bridge.exposed[name] = value;
    },
  },
  get ipcRenderer() {
    return ipc.renderer;
  },
}));

/** The page's window, as far as the preload script sees it. */
class PageWindow extends EventTarget {
  readonly location = { origin: "app://holdfast" };
  readonly posted: unknown[][] = [];

  postMessage(...message: unknown[]): void {
    this.posted.push(message);
  }

  hears(data: unknown, source: unknown = this): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data, source }));
  }
}

describe("the preload script", () => {
  let page: PageWindow;
  let renderer: EventEmitter & { send(channel: string): void };
  beforeEach(async () => {
    bridge.sent = [];
    page = new PageWindow();
    renderer = Object.assign(new EventEmitter(), {
      send: (channel: string) => void bridge.sent.push(channel),
    });
    ipc.renderer = renderer;
    vi.stubGlobal("window", page);
    vi.resetModules();
    await import("../../electron/preload/index.ts");
  });
  afterEach(() => vi.unstubAllGlobals());

  it("tells the page that it is in a window, and gives it nothing else", () => {
    expect(bridge.exposed).toEqual({
      holdfast: { desktop: true, pathOf: expect.any(Function) },
    });
  });

  it("asks for the port when the page is ready", () => {
    page.hears("holdfast:ready");
    expect(bridge.sent).toEqual(["holdfast:port"]);
  });

  it("does not ask when another window says so", () => {
    page.hears("holdfast:ready", {});
    expect(bridge.sent).toEqual([]);
  });

  it("does not ask at any other word", () => {
    page.hears("holdfast:port");
    page.hears({ type: "holdfast:ready" });
    expect(bridge.sent).toEqual([]);
  });

  it("hands the port to the page's own origin only", () => {
    const port = {};
    renderer.emit("holdfast:port", { ports: [port] });
    expect(page.posted).toEqual([["holdfast:port", "app://holdfast", [port]]]);
  });
});
