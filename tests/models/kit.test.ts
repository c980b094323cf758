import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packKit, unpackKit } from "../../electron/models/index.ts";
import { modelBytes } from "./support/file-server.ts";

const patience = new AbortController().signal;
const plenty = async () => 1e12;
const bytes = modelBytes(300_000);

function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-kit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function packed(name: string): Promise<string> {
  const folder = folderForTest();
  const path = join(folder, "source.gguf");
  writeFileSync(path, bytes);
  const model = {
    id: "ollama/a:1b",
    name: "A",
    path,
    kind: "chat" as const,
    licence: "apache-2.0",
    source: null,
  };
  await packKit(join(folder, name), [model, { ...model, id: "b" }], { config: { deadline: "1m" } }, patience);
  return join(folder, name);
}

test.each(["kit", "kit.tar"])(
  "%s brings models and settings over, each compared with its checksum",
  async (name) => {
    const target = folderForTest();
    const { models, extras } = await unpackKit(await packed(name), target, plenty, patience);
    expect(models.map(({ id, licence }) => [id, licence])).toEqual([
      ["ollama/a:1b", "apache-2.0"],
      ["b", "apache-2.0"],
    ]);
    expect(extras).toEqual({ config: { deadline: "1m" } });
    for (const { path } of models) expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(readdirSync(target).some((file) => file.endsWith(".part"))).toBe(false);
  },
);

test.each([
  ["changed", (kit: Buffer) => kit.fill(7, 5_000, 5_010), "checksum"],
  ["cut off", (kit: Buffer) => kit.subarray(0, 400_000), "unusable"],
  ["cut before its index", (kit: Buffer) => kit.subarray(0, 2 * (512 + 300_032)), "invalid"],
])("a kit that was %s installs nothing", async (_what, harm, kind) => {
  const path = await packed("kit.tar");
  writeFileSync(path, harm(readFileSync(path)));
  const target = folderForTest();
  await expect(unpackKit(path, target, plenty, patience)).rejects.toMatchObject({ kind });
  expect(readdirSync(target)).toEqual([]);
});

test("a kit that is there already is not written over, and a full disk is told first", async () => {
  const kit = await packed("kit.tar");
  await expect(packKit(kit, [], {}, patience)).rejects.toMatchObject({ kind: "conflict" });
  const target = folderForTest();
  await expect(unpackKit(kit, target, async () => 10, patience)).rejects.toMatchObject({ kind: "no_space" });
  expect(readdirSync(target)).toEqual([]);
  expect(existsSync(kit)).toBe(true);
});
