import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPageUrl, pageHandler } from "../../electron/hosts/electron-page.ts";

describe("the page's protocol", () => {
  let folder: string;
  let get: (path: string, init?: RequestInit) => Promise<Response>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-page-"));
    const page = join(folder, "renderer");
    mkdirSync(join(page, "assets"), { recursive: true });
    writeFileSync(join(page, "index.html"), "<!doctype html><title>Holdfast</title>");
    writeFileSync(join(page, "assets/main.js"), "export {};");
    writeFileSync(join(page, "a file.css"), "body {}");
    writeFileSync(join(folder, "secret.txt"), "secret");
    mkdirSync(join(folder, "renderer-elsewhere"));
    writeFileSync(join(folder, "renderer-elsewhere/secret.txt"), "secret");
    symlinkSync(join(folder, "secret.txt"), join(page, "link.txt"));
    const handler = pageHandler(page);
    get = (path, init) => handler(new Request(path.includes("://") ? path : `app://holdfast${path}`, init));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("serves index.html at the root", async () => {
    const response = await get("/");
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await response.text()).toContain("<title>Holdfast</title>");
  });

  it("serves a script with the type that a module needs", async () => {
    expect((await get("/assets/main.js")).headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  });

  it("serves a file whose name is encoded in the address", async () => {
    expect(await (await get("/a%20file.css")).text()).toBe("body {}");
  });

  it("allows nothing by default, and no inline script, in its content security policy", async () => {
    const policy = (await get("/")).headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'/);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'none'");
  });

  it("sends the policy with refusals too", async () => {
    const response = await get("/missing.js");
    expect(response.status).toBe(404);
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
  });

  it.each([
    ["a path upward", "/..%2fsecret.txt"],
    ["a doubly encoded path upward", "/%252e%252e%252fsecret.txt"],
    ["a path upward inside a folder", "/assets/..%2f..%2fsecret.txt"],
    ["a backslash", "/..%5csecret.txt"],
    ["a NUL byte", "/index.html%00.js"],
    ["a folder whose name begins alike", "/..%2frenderer-elsewhere/secret.txt"],
    ["a link that leads out", "/link.txt"],
    ["an absolute path", "//etc/passwd"],
    ["a broken escape", "/%zz"],
    ["a folder", "/assets"],
  ])("finds nothing for %s", async (_what, path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe("");
  });

  it("refuses another host of its scheme", async () => {
    expect((await get("app://elsewhere/index.html")).status).toBe(403);
  });

  it("refuses to be written to", async () => {
    expect((await get("/index.html", { method: "POST", body: "x" })).status).toBe(405);
  });

  it("sends no body for HEAD", async () => {
    const response = await get("/", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});

describe("isPageUrl", () => {
  it.each(["app://holdfast/", "app://holdfast/assets/main.js", "app://holdfast/#/settings"])(
    "takes %s for ours",
    (url) => expect(isPageUrl(url)).toBe(true),
  );

  it.each([
    "https://holdfast/",
    "app://holdfast.example/",
    "app://holdfast:80/",
    "app://person@holdfast/",
    "file:///etc/passwd",
    "data:text/html,x",
    "about:blank",
    "",
  ])("does not take %j for ours", (url) => expect(isPageUrl(url)).toBe(false));
});
