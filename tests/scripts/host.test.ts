import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { electronBinary, startHost, whyNoWindow } from "../../scripts/host.mjs";

const desktop = { platform: "linux" as const, env: { DISPLAY: ":0" }, uid: 1000 };

describe("whyNoWindow", () => {
  it.each([
    ["an X display", desktop],
    ["a Wayland display", { ...desktop, env: { WAYLAND_DISPLAY: "wayland-0" } }],
    ["macOS", { platform: "darwin" as const, env: {}, uid: 501 }],
    ["Windows", { platform: "win32" as const, env: {}, uid: undefined }],
  ])("finds nothing against a window with %s", (_what, machine) => {
    expect(whyNoWindow(machine)).toBe(null);
  });

  it("names a missing display", () => {
    expect(whyNoWindow({ ...desktop, env: {} })).toContain("no display");
  });

  it("names root, for whom the sandbox does not run", () => {
    expect(whyNoWindow({ ...desktop, uid: 0 })).toContain("root");
  });
});

// The stand-in for Electron's program is a shell script.
describe.runIf(process.platform !== "win32")("npm start", () => {
  let root: string;
  let written: string[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "holdfast-host-"));
    mkdirSync(join(root, "out/main"), { recursive: true });
    mkdirSync(join(root, "node_modules/electron/dist"), { recursive: true });
    writeFileSync(join(root, "out/main/browser.js"), program("browser"));
    written = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(root, { recursive: true, force: true });
  });

  /** A program that notes that it ran, and ends with `code`. */
  const program = (name: string, code = 0) =>
    `require("node:fs").appendFileSync(${JSON.stringify(join(root, "ran"))}, "${name} "); process.exit(${code});`;

  const ran = () => readFileSync(join(root, "ran"), "utf8").trim();

  function hasElectron(code: number): void {
    const folder = join(root, "node_modules/electron");
    writeFileSync(join(folder, "path.txt"), "electron");
    writeFileSync(join(folder, "dist/main.cjs"), program("electron", code));
    const binary = join(folder, "dist/electron");
    writeFileSync(binary, `#!/bin/sh\nexec "${process.execPath}" "${join(folder, "dist/main.cjs")}"\n`);
    chmodSync(binary, 0o755);
  }

  const start = (env: NodeJS.ProcessEnv) => startHost({ root, node: process.execPath, env, args: [] });

  it("finds Electron where it has been fetched", () => {
    expect(electronBinary(root)).toBe(null);
    hasElectron(0);
    expect(electronBinary(root)).toBe(join(root, "node_modules/electron/dist/electron"));
  });

  it("opens the browser where HOLDFAST_HOST says so", async () => {
    hasElectron(0);
    expect(await start({ HOLDFAST_HOST: "browser" })).toBe(0);
    expect(ran()).toBe("browser");
  });

  it("opens the window where HOLDFAST_HOST says so", async () => {
    hasElectron(0);
    expect(await start({ HOLDFAST_HOST: "electron" })).toBe(0);
    expect(ran()).toBe("electron");
  });

  it("passes on how the window ended where HOLDFAST_HOST asked for it", async () => {
    hasElectron(3);
    expect(await start({ HOLDFAST_HOST: "electron" })).toBe(3);
    expect(ran()).toBe("electron");
  });

  it("refuses a host that it does not know", async () => {
    await expect(start({ HOLDFAST_HOST: "tv" })).rejects.toThrow('HOLDFAST_HOST is "tv"');
  });

  it("refuses the window that HOLDFAST_HOST asks for when Electron can't be fetched", async () => {
    writeFileSync(join(root, "node_modules/electron/install.js"), "process.exit(1)");
    await expect(start({ HOLDFAST_HOST: "electron" })).rejects.toThrow("Electron");
  });

  it.runIf(process.platform === "linux")("opens the browser without a display, and says so", async () => {
    hasElectron(0);
    expect(await start({})).toBe(0);
    expect(ran()).toBe("browser");
    expect(written.join("")).toContain("no display");
  });

  it.runIf(process.platform !== "linux" || process.getuid?.() !== 0)(
    "opens the browser when the window can't be shown, and says so",
    async () => {
      hasElectron(5);
      expect(await start({ DISPLAY: ":0" })).toBe(0);
      expect(ran()).toBe("electron browser");
      expect(written.join("")).toContain("can't show a window");
    },
  );
});
