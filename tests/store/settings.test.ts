import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createConfStore, type MovedAside, openSettings } from "../../electron/store/index.ts";
import { temporaryFolder } from "./support.ts";

function open(folder = temporaryFolder()) {
  const moved: MovedAside[] = [];
  const settings = openSettings({
    file: createConfStore(folder),
    now: () => Date.UTC(2026, 0, 1),
    onMovedAside: (file) => moved.push(file),
  });
  return { settings, moved, folder, path: join(folder, "settings.json") };
}

describe("settings", () => {
  test("are the defaults, and no file, until something is set", () => {
    const { settings, folder } = open();
    expect(settings.get()).toEqual({ theme: "system", language: "system", level: "full", config: {} });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("are kept in a file that only its owner can read", () => {
    const { settings, folder, path } = open();
    expect(settings.update({ theme: "dark" })).toEqual({
      theme: "dark",
      language: "system",
      level: "full",
      config: {},
    });
    settings.update({ config: { deadline: "90s" } });
    expect(open(folder).settings.get()).toEqual({
      theme: "dark",
      language: "system",
      level: "full",
      config: { deadline: "90s" },
    });
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("are read anew, since another process may have written them", () => {
    const { settings, folder } = open();
    expect(settings.get().theme).toBe("system");
    open(folder).settings.update({ theme: "light" });
    expect(settings.get().theme).toBe("light");
  });

  test("that don't fit are refused, and the file stays as it was", () => {
    const { settings, path } = open();
    settings.update({ theme: "dark" });
    const before = readFileSync(path, "utf8");
    expect(() => settings.update({ config: { deadline: "soon" } })).toThrow(/is not a duration/);
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  test("of a newer version, unknown here, stay in the file", () => {
    const { settings, path } = open();
    writeFileSync(path, '{ "theme": "dark", "language": "de" }');
    settings.update({ theme: "light" });
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ theme: "light", language: "de" });
  });

  test.each([
    ["is not JSON", "{ theme: dark", /it is not JSON/],
    ["is empty", "", /it is not JSON/],
    ["does not fit", '{ "theme": "purple" }', /purple|theme/],
  ])("in a file that %s are put aside and told of, and the defaults hold", (_, text, reason) => {
    const { settings, moved, path } = open();
    writeFileSync(path, text);
    expect(settings.get()).toEqual({ theme: "system", language: "system", level: "full", config: {} });
    expect(moved).toHaveLength(1);
    expect(moved[0]?.message).toMatch(reason);
    expect(readFileSync(moved[0]?.to ?? "", "utf8")).toBe(text);
    settings.update({ theme: "dark" });
    expect(settings.get().theme).toBe("dark");
    expect(moved).toHaveLength(1);
  });

  test("that break while the program runs are put aside too", () => {
    const { settings, moved, path } = open();
    settings.update({ theme: "dark" });
    writeFileSync(path, "{");
    expect(settings.update({ theme: "light" })).toEqual({
      theme: "light",
      language: "system",
      level: "full",
      config: {},
    });
    expect(moved).toHaveLength(1);
  });

  test("that can't be read say so", () => {
    const { settings, path } = open();
    mkdirSync(path);
    expect(() => settings.get()).toThrow(/can't be read or written/);
  });
});
