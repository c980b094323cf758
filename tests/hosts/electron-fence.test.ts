import { describe, expect, it } from "vitest";
import { fenceContents, fenceSession } from "../../electron/hosts/electron-fence.ts";
import { electronDouble, SessionDouble, WebContentsDouble } from "../fixtures/electron-double/index.ts";

function fenced() {
  const double = electronDouble();
  const contents = new WebContentsDouble();
  fenceContents(contents as never, double.electron.shell);
  return { contents, opened: double.opened };
}

function fencedSession() {
  const session = new SessionDouble();
  fenceSession(session as never);
  return session;
}

describe("the fence around the page", () => {
  it("lets the page move within itself", () => {
    const { contents, opened } = fenced();
    expect(contents.navigates("app://holdfast/#/settings")).toBe(true);
    expect(opened).toEqual([]);
  });

  it("keeps the page from leaving, and opens a link to the web in the system's browser", () => {
    const { contents, opened } = fenced();
    expect(contents.navigates("https://example.com/docs")).toBe(false);
    expect(opened).toEqual(["https://example.com/docs"]);
  });

  it("opens no window, and a link to the web in the system's browser", () => {
    const { contents, opened } = fenced();
    expect(contents.opensWindow("https://example.com/")).toBe(false);
    expect(opened).toEqual(["https://example.com/"]);
  });

  it.each([
    "http://example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,x",
    "smb://server/share",
    "ms-msdt:/id",
    "vscode://file/x",
    "app://elsewhere/",
    "not an address",
  ])("neither goes to %s nor opens it outside", (url) => {
    const { contents, opened } = fenced();
    expect(contents.navigates(url)).toBe(false);
    expect(contents.opensWindow(url)).toBe(false);
    expect(opened).toEqual([]);
  });

  it("follows no redirect away, and opens none outside", () => {
    const { contents, opened } = fenced();
    expect(contents.redirects("https://example.com/")).toBe(false);
    expect(opened).toEqual([]);
  });

  it("keeps frames inside the page from going elsewhere", () => {
    expect(fenced().contents.frameNavigates("https://example.com/")).toBe(false);
  });

  it("attaches no webview", () => {
    expect(fenced().contents.attachesWebview()).toBe(false);
  });
});

describe("the fence around the session", () => {
  it.each(["media", "geolocation", "notifications", "clipboard-read", "openExternal", "fullscreen"])(
    "denies the permission %s, asked for and looked up",
    async (permission) => {
      const session = fencedSession();
      expect(await session.asks(permission)).toBe(false);
      expect(session.checks(permission)).toBe(false);
    },
  );

  it("gives no device", () => {
    expect(fencedSession().picksDevice("usb")).toBe(false);
  });

  it("starts no download", () => {
    expect(fencedSession().downloads()).toBe(false);
  });

  it.each(["app://holdfast/assets/main.js", "blob:app://holdfast/1", "data:image/png;base64,AA=="])(
    "lets the page load %s",
    async (url) => expect(await fencedSession().requests(url)).toBe(true),
  );

  it.each([
    "https://example.com/pixel.gif",
    "http://127.0.0.1:4141/v1/health",
    "file:///etc/passwd",
    "ws://x/",
  ])("does not let the page reach %s", async (url) =>
    expect(await fencedSession().requests(url)).toBe(false),
  );
});
