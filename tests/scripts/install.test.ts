import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { installPackages, packagesAreCurrent } from "../../scripts/install.mjs";

describe("the packages", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "holdfast-install-"));
    mkdirSync(join(root, "node_modules"));
    lock("package-lock.json", { "": {}, "node_modules/a": { version: "1.0.0" } });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true, force: true });
  });

  const lock = (file: string, packages: Record<string, object>) =>
    writeFileSync(join(root, file), JSON.stringify({ packages }));
  const installed = (packages: Record<string, object>) => lock("node_modules/.package-lock.json", packages);

  it("are current when npm has installed what the lock names", () => {
    installed({ "node_modules/a": { version: "1.0.0" } });
    expect(packagesAreCurrent(root)).toBe(true);
  });

  it("are not current before anything was installed, or when that was cut short", () => {
    expect(packagesAreCurrent(root)).toBe(false);
  });

  it("are not current when one has another version", () => {
    installed({ "node_modules/a": { version: "0.9.0" } });
    expect(packagesAreCurrent(root)).toBe(false);
  });

  it("are not current when one is missing", () => {
    installed({});
    expect(packagesAreCurrent(root)).toBe(false);
  });

  it("are current without the optional ones for other systems", () => {
    lock("package-lock.json", { "node_modules/b-darwin": { version: "1.0.0", optional: true } });
    installed({});
    expect(packagesAreCurrent(root)).toBe(true);
  });

  it("are not current when an optional one that is there has another version", () => {
    lock("package-lock.json", { "node_modules/b-linux": { version: "2.0.0", optional: true } });
    installed({ "node_modules/b-linux": { version: "1.0.0", optional: true } });
    expect(packagesAreCurrent(root)).toBe(false);
  });

  /** An npm that does what `script` says. */
  function withNpm(script: string): void {
    const cli = join(root, "npm-cli.cjs");
    writeFileSync(cli, script);
    vi.stubEnv("npm_execpath", cli);
    vi.stubEnv("npm_node_execpath", process.execPath);
  }

  it.each([
    ["npm error code ENOTFOUND", "can't be reached"],
    ["npm error code ENOSPC", "The disk is full"],
    ["npm error code EACCES", "belong to you"],
    ["npm error code EUSAGE", "do not agree"],
    ["npm error code EINTEGRITY", "arrived damaged"],
    ["npm error something else", "node_modules often helps"],
  ])("fail to install with %j and a word on how to mend it", async (output, remedy) => {
    withNpm(`console.error(${JSON.stringify(output)}); process.exit(1);`);
    await expect(installPackages(root, () => {})).rejects.toThrow(remedy);
    await expect(installPackages(root, () => {})).rejects.toThrow(output);
  });

  it("are installed as the lock says, without the download of a model engine, even where scripts are silent", async () => {
    vi.stubEnv("npm_config_loglevel", "silent");
    withNpm(
      `require("node:fs").writeFileSync("called.json", JSON.stringify([process.argv.slice(2), process.env.NODE_LLAMA_CPP_SKIP_DOWNLOAD]))`,
    );
    const said: string[] = [];
    await installPackages(root, (text) => said.push(text));
    const [args, skipDownload] = await import(join(root, "called.json"), { with: { type: "json" } }).then(
      (module) => module.default,
    );
    expect(args).toEqual(expect.arrayContaining(["ci", "--include=dev", "--loglevel=error"]));
    expect(skipDownload).toBe("true");
    expect(said.join()).toContain("installing packages");
  });
});
