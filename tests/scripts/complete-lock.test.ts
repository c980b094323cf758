import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { completeLock, platformOf } from "../../scripts/complete-lock.mjs";

describe("completeLock", () => {
  it("finds nothing to add to our own lock", () => {
    const file = resolve(import.meta.dirname, "../../package-lock.json");
    expect(completeLock(JSON.parse(readFileSync(file, "utf8")))).toEqual([]);
  });

  it("adds the builds for other systems that are missing", () => {
    const lock = {
      packages: {
        "node_modules/tool": {
          dev: true,
          optionalDependencies: { "@tool/cli-linux-x64": "1.0.0", "@tool/cli-darwin-arm64": "1.0.0" },
        },
        "node_modules/@tool/cli-linux-x64": { version: "1.0.0" },
      },
    };
    expect(completeLock(lock)).toEqual(["node_modules/@tool/cli-darwin-arm64"]);
    expect(lock.packages).toHaveProperty(["node_modules/@tool/cli-darwin-arm64"], {
      version: "1.0.0",
      os: ["darwin"],
      cpu: ["arm64"],
      dev: true,
      optional: true,
    });
  });

  it("counts a package that lies inside the one that wants it", () => {
    const lock = {
      packages: {
        "node_modules/tool": { optionalDependencies: { "tool-win32-x64": "1.0.0" } },
        "node_modules/tool/node_modules/tool-win32-x64": { version: "1.0.0" },
      },
    };
    expect(completeLock(lock)).toEqual([]);
  });

  it("refuses to add a package that every system needs", () => {
    const lock = { packages: { "node_modules/tool": { optionalDependencies: { helper: "1.0.0" } } } };
    expect(() => completeLock(lock)).toThrow("helper");
  });
});

describe("platformOf", () => {
  it.each([
    ["@biomejs/cli-linux-arm64-musl", { os: ["linux"], cpu: ["arm64"], libc: ["musl"] }],
    ["@tailwindcss/oxide-win32-x64-msvc", { os: ["win32"], cpu: ["x64"] }],
    ["@node-llama-cpp/mac-arm64-metal", { os: ["darwin"], cpu: ["arm64"] }],
    ["@oxc-parser/binding-linux-arm-musleabihf", { os: ["linux"], cpu: ["arm"], libc: ["musl"] }],
    ["@tailwindcss/oxide-wasm32-wasi", { cpu: ["wasm32"] }],
    ["helper", {}],
  ])("reads the system of %s from its name", (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });
});
