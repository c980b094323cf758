import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const cruiser = join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");

/** A small house in which every arrow points the right way: path and imports of each file. */
const soundHouse: Record<string, string[]> = {
  "electron/contract/index.ts": ["./words.ts", "zod"],
  "electron/contract/words.ts": ["zod", "@orpc/contract"],
  "electron/chain/index.ts": ["../contract/index.ts"],
  "electron/notices/index.ts": ["../contract/index.ts"],
  "electron/store/index.ts": ["../chain/index.ts", "node:fs", "conf"],
  "electron/engine/index.ts": ["../chain/index.ts", "../contract/index.ts"],
  "electron/app/index.ts": ["../store/index.ts", "../engine/index.ts", "../notices/index.ts"],
  "electron/hosts/electron.ts": ["../app/index.ts", "electron"],
  "electron/preload/index.ts": ["electron"],
  "renderer/main.tsx": ["../electron/contract/index.ts", "react"],
};

/** For each rule: a folder where a file of ours breaks it, and what that file holds. */
const breaches: [rule: string, folder: string, imports: string[]][] = [
  ["contract-imports-nothing-of-ours", "electron/contract", ["../chain/index.ts"]],
  ["contract-needs-two-packages", "electron/contract", ["conf"]],
  ["chain-imports-contract-only", "electron/chain", ["../store/index.ts"]],
  ["chain-is-pure", "electron/chain", ["node:fs"]],
  ["chain-is-pure", "electron/chain", ["zod"]],
  ["notices-import-contract-only", "electron/notices", ["../chain/index.ts"]],
  ["rooms-import-no-siblings", "electron/store", ["../engine/index.ts"]],
  ["rooms-import-no-siblings", "electron/store", ["../notices/index.ts"]],
  ["rooms-do-not-know-who-uses-them", "electron/store", ["../app/index.ts"]],
  ["app-does-not-know-its-host", "electron/app", ["../hosts/electron.ts"]],
  ["hosts-do-not-know-the-page", "electron/hosts", ["../../renderer/main.tsx"]],
  ["renderer-imports-contract-only", "renderer", ["../electron/chain/index.ts"]],
  ["renderer-has-no-node", "renderer", ["node:fs"]],
  ["preload-is-a-bridge", "electron/preload", ["../contract/index.ts"]],
  ["only-the-desktop-knows-electron", "electron/app", ["electron"]],
  ["folders-are-entered-by-their-index", "electron/chain", ["../contract/words.ts"]],
  ["page-enters-contract-by-its-index", "renderer", ["../electron/contract/words.ts"]],
  ["no-circles", "electron/app", ["./circle.ts"]],
  ["no-orphans", "electron/app", []],
  ["no-tests-in-the-program", "electron/app", ["../../tests/double.ts"]],
  ["program-has-its-packages", "electron/app", ["react"]],
  ["imports-resolve", "electron/app", ["./missing.ts"]],
];

describe("the arrows", () => {
  let house: string;
  let broken: Map<string, string[]>;

  beforeAll(() => {
    house = mkdtempSync(join(tmpdir(), "holdfast-arrows-"));
    const packages = {
      dependencies: { "@orpc/contract": "*", conf: "*", zod: "*" },
      devDependencies: { electron: "*", react: "*" },
    };
    write("package.json", JSON.stringify(packages));
    for (const name of Object.values(packages).flatMap(Object.keys)) {
      write(
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: "1.0.0", main: "index.js" }),
      );
      write(`node_modules/${name}/index.js`, "module.exports = {};");
    }
    for (const [file, imports] of Object.entries(soundHouse)) write(file, source(imports));
    breaches.forEach(([, folder, imports], at) => {
      write(breachFile(folder, at), source(imports));
    });
    write("tests/double.ts", source(["../electron/app/index.ts"]));
    const circular = breaches.findIndex(([rule]) => rule === "no-circles");
    write("electron/app/circle.ts", source([`./breach-${circular}.ts`]));
    write("electron/chain/using.ts", `${source(["node:fs"])}{ using it = { [Symbol.dispose]() {} }; it; }`);
    broken = brokenRules();
  });
  afterAll(() => rmSync(house, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  }

  const breachFile = (folder: string, at: number) => `${folder}/breach-${at}.ts`;

  const source = (imports: string[]) =>
    `${imports.map((from, n) => `import * as _${n} from "${from}";`).join("\n")}\nexport const it = 1;\n`;

  /** The names of the rules that each file breaks. */
  function brokenRules(): Map<string, string[]> {
    const args = ["--config", join(root, ".dependency-cruiser.mjs"), "--output-type", "json"];
    const { stdout, stderr } = spawnSync(process.execPath, [cruiser, ...args, "electron", "renderer"], {
      cwd: house,
      encoding: "utf8",
    });
    if (!stdout.startsWith("{")) throw new Error(stderr);
    const { violations } = JSON.parse(stdout).summary as {
      violations: { from: string; rule: { name: string } }[];
    };
    const rules = new Map<string, string[]>();
    for (const { from, rule } of violations) rules.set(from, [...(rules.get(from) ?? []), rule.name]);
    return rules;
  }

  it.each(Object.keys(soundHouse))("let %s stand in a sound house", (file) => {
    expect(broken.get(file) ?? []).toEqual([]);
  });

  it.each(breaches.map(([rule, folder, imports], at) => ({ rule, folder, imports, at })))(
    "$rule refuses a file of $folder that imports $imports",
    ({ rule, folder, at }) => {
      expect(broken.get(breachFile(folder, at))).toContain(rule);
    },
  );

  it("all have a breach here", async () => {
    const { default: config } = await import("../../.dependency-cruiser.mjs");
    const names = config.forbidden?.map(({ name }) => name);
    expect(new Set(breaches.map(([rule]) => rule))).toEqual(new Set(names));
  });

  it("are read from files that use `using`", () => {
    expect(broken.get("electron/chain/using.ts")).toContain("chain-is-pure");
  });
});
