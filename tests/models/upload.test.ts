import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { receiveUpload } from "../../electron/models/index.ts";
import { sweepParts } from "../../electron/models/upload.ts";
import { modelBytes } from "./support/file-server.ts";

const bytes = modelBytes(300_000);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-upload-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const room = (over: { freeBytes?: number; inspect?: (path: string) => Promise<string> } = {}) => ({
  folder,
  freeBytes: () => over.freeBytes ?? 1e12,
  inspect: over.inspect ?? (async (path: string) => `looked at ${readFileSync(path).length} bytes`),
});

async function* inPieces(from: Buffer = bytes, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < from.length; at += size) yield from.subarray(at, at + size);
}

const upload = (fileName: string, body = inPieces(), sizeBytes = bytes.length) => ({
  fileName,
  sizeBytes,
  body,
});

test("an upload is written, checked, and gets a name that is free", async () => {
  const first = await receiveUpload(upload("My model.gguf"), room());
  const second = await receiveUpload(upload("My model.gguf"), room());
  expect(first).toMatchObject({ path: join(folder, "My_model.gguf"), facts: "looked at 300000 bytes" });
  expect(second.path).toBe(join(folder, "My_model-2.gguf"));
  expect(readFileSync(first.path).equals(bytes)).toBe(true);
});

test("an upload may come byte by byte", async () => {
  const small = bytes.subarray(0, 64);
  const { path } = await receiveUpload(upload("a.gguf", inPieces(small, 1), small.length), room());
  expect(readFileSync(path).equals(small)).toBe(true);
  const other = Buffer.from("GGML and more");
  const given = upload("b.gguf", inPieces(other, 1), other.length);
  await expect(receiveUpload(given, room())).rejects.toThrow("b.gguf is not a GGUF file");
});

test("a name can't lead out of the folder", async () => {
  const { path } = await receiveUpload(upload("..\\..\\..//../evil.gguf"), room());
  expect(path).toBe(join(folder, "evil.gguf"));
});

async function* brokenOff(): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, 1000);
  throw new Error("The browser went away.");
}

test.each([
  ["breaks off", upload("a.gguf", brokenOff()), {}, "The browser went away."],
  [
    "is shorter than announced",
    upload("a.gguf", inPieces(bytes.subarray(0, 9)), 10),
    {},
    "9 bytes instead of 10",
  ],
  ["is no GGUF", upload("a.gguf", inPieces(Buffer.from("MZ..")), 4), {}, "a.gguf is not a GGUF file"],
  ["does not fit the disk", upload("a.gguf"), { freeBytes: 1000 }, "Free some space"],
  [
    "is a damaged model",
    upload("a.gguf"),
    { inspect: () => Promise.reject(new Error("The model file is damaged.")) },
    "is damaged",
  ],
] as const)("nothing is left of an upload that %s", async (_, given, over, words) => {
  await expect(receiveUpload(given, room(over))).rejects.toThrow(words);
  expect(readdirSync(folder)).toEqual([]);
});

test("what a killed process left is swept, but no download that can go on and nothing that still grows", async () => {
  const at = (name: string, ageMs: number) => {
    const path = join(folder, name);
    writeFileSync(path, "GGUF");
    utimesSync(path, new Date(), new Date(Date.now() - ageMs));
    return path;
  };
  const day = 24 * 3_600_000;
  const left = at("left.gguf.part", day);
  const download = at("download.gguf.part", day);
  const growing = at("growing.gguf.part", 1000);
  const model = at("model.gguf", day);
  await sweepParts(folder, new Set([download]), Date.now());
  expect([left, download, growing, model].map((path) => existsSync(path))).toEqual([false, true, true, true]);
});
