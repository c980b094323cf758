import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cudaNeed, hasCuda, installCuda, thisMachine } from "../../scripts/cuda.mjs";

const bare = { platform: "linux", arch: "x64", env: {}, exists: () => false };
const withDriver = { ...bare, exists: (path: string) => path === "/proc/driver/nvidia/version" };

describe("CUDA binaries", () => {
  it("are not for a machine without NVIDIA's driver", () => {
    expect(cudaNeed(bare)).toBe("none");
  });

  it("are useful where the driver is, on Windows too", () => {
    expect(cudaNeed(withDriver)).toBe("useful");
    expect(cudaNeed({ ...bare, platform: "win32", exists: (path) => path.includes("nvcuda.dll") })).toBe(
      "useful",
    );
  });

  it("are wanted, or left out, where HOLDFAST_GPU says so", () => {
    expect(cudaNeed({ ...bare, env: { HOLDFAST_GPU: "cuda" } })).toBe("wanted");
    expect(cudaNeed({ ...withDriver, env: { HOLDFAST_GPU: "off" } })).toBe("none");
  });

  it("are for no machine that they are not built for", () => {
    expect(cudaNeed({ ...withDriver, arch: "arm64" })).toBe("none");
    expect(cudaNeed({ ...bare, platform: "darwin", env: { HOLDFAST_GPU: "cuda" } })).toBe("none");
  });

  it("have the version of node-llama-cpp, and so has what stands in for them", () => {
    const json = (path: string) =>
      JSON.parse(readFileSync(resolve(import.meta.dirname, "../..", path), "utf8"));
    const version = json("package.json").dependencies["node-llama-cpp"];
    expect(json("scripts/no-cuda/package.json").version).toBe(version);
    const { optionalDependencies } = json("scripts/cuda/package.json");
    expect(new Set(Object.values(optionalDependencies))).toEqual(new Set([version]));
    expect(Object.keys(json("package.json").optionalDependencies)).toEqual(Object.keys(optionalDependencies));
  });
});

describe("installing the CUDA binaries", () => {
  const machine = { ...thisMachine, platform: "linux" };
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "holdfast-cuda-"));
    mkdirSync(join(root, "scripts/cuda"), { recursive: true });
    writeFileSync(join(root, "scripts/cuda/package-lock.json"), "{}");
    mkdirSync(join(root, "node_modules/@node-llama-cpp/linux-x64-cuda"), { recursive: true });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true, force: true });
  });

  /** An npm that does what `script` says. */
  function withNpm(script: string): void {
    const cli = join(root, "npm-cli.cjs");
    writeFileSync(cli, script);
    vi.stubEnv("npm_execpath", cli);
    vi.stubEnv("npm_node_execpath", process.execPath);
  }

  it("puts them in the place of the empty package", async () => {
    withNpm(
      `require("node:fs").mkdirSync("node_modules/@node-llama-cpp/linux-x64-cuda/bins", { recursive: true });`,
    );
    expect(hasCuda(root, machine)).toBe(false);
    await installCuda(root, () => {});
    expect(hasCuda(root, machine)).toBe(true);
    expect(lstatSync(join(root, "node_modules/@node-llama-cpp/linux-x64-cuda")).isSymbolicLink()).toBe(true);
  });

  it("leaves all as it is when npm fails, and says how to mend it", async () => {
    withNpm("console.error('npm error code ENOTFOUND'); process.exit(1);");
    await expect(installCuda(root, () => {})).rejects.toThrow(/ENOTFOUND[\s\S]*HOLDFAST_GPU=off/);
    expect(existsSync(join(root, "node_modules/@node-llama-cpp/linux-x64-cuda"))).toBe(true);
    expect(hasCuda(root, machine)).toBe(false);
  });
});
