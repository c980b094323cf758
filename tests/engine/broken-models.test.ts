import { mkdirSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import type { FailureKind } from "../../electron/contract/index.ts";
import { checkModelFile } from "../../electron/engine/check-model.ts";
import { type BrokenModel, brokenModels, writeWithValue } from "../fixtures/gguf/index.ts";
import { Bench, collect, patience, question, slow } from "./support.ts";

const bench = new Bench();
afterAll(() => bench[Symbol.asyncDispose]());

/** What a person is told of each, and whether the check finds it before native code does. */
const expected: Record<BrokenModel, { says: RegExp; before: boolean }> = {
  empty: { says: /is empty\. Download the model again/, before: true },
  magicAlone: { says: /is damaged: the version reaches beyond the end of the file\. Download/, before: true },
  wrongMagic: { says: /is not a GGUF model\. Download/, before: true },
  webPage: { says: /is a web page that was saved in place of a model\. Download/, before: true },
  gitLfsPointer: {
    says: /is a Git LFS pointer, not the model itself; fetch it with git lfs pull/,
    before: true,
  },
  futureVersion: { says: /it has GGUF version 99, not 2 or 3/, before: true },
  bigEndian: { says: /it is stored in big-endian order/, before: true },
  impossibleCount: { says: /announces \d+ tensors .* more than fit in it/, before: true },
  impossibleLength: { says: /the key of metadata entry 0 reaches beyond the end of the file/, before: true },
  truncatedHeader: { says: /is damaged: .* reaches beyond the end of the file/, before: true },
  truncatedTensors: {
    says: /is cut off: it has \d+ bytes of \d+\. Its download is probably not finished/,
    before: true,
  },
  noTokenizer: { says: /has no tokenizer\.ggml\.model, so it is not a model that can chat/, before: true },
  unknownArchitecture: { says: /has the architecture "perpetuum".*Update the app/, before: false },
  missingTensor: { says: /can't be loaded: .*output_norm\.weight.*Download it again/, before: false },
};

describe("a broken model file", slow, () => {
  for (const [name, { says, before }] of Object.entries(expected)) {
    it(`${name}: is malformed, says what is wrong, and leaves the engine running`, async () => {
      const path = bench.path(`${name}.gguf`);
      brokenModels[name as BrokenModel](path);
      const answer = collect(
        bench.client.generate({ model: { path, gpu: "off" }, messages: question }, patience),
      );
      await expect(answer).rejects.toMatchObject({
        kind: "malformed" satisfies FailureKind,
        message: expect.stringMatching(says),
      });
      await expect(answer).rejects.toThrow(path);
      expect(bench.processes).toHaveLength(1);
      if (before) await expect(checkModelFile(path)).rejects.toMatchObject({ kind: "malformed" });
    });
  }

  it.each([
    ["llama.block_count", 0],
    ["llama.block_count", 100_000],
    ["llama.embedding_length", 0],
    ["llama.context_length", 0],
    ["llama.context_length", 0xffffffff],
  ])("with %s %i is malformed before llama.cpp sees it", async (key, value) => {
    const { path: whole } = bench.model({ sentence: "whole" });
    const path = bench.path(`${key}-${value}.gguf`);
    writeWithValue(whole, path, key, value);
    await expect(checkModelFile(path)).rejects.toMatchObject({
      kind: "malformed",
      message: expect.stringContaining(`its ${key} is ${value}, not between`),
    });
  });

  it("that makes llama.cpp abort is an engine_crashed failure in its words", async () => {
    const { path: whole } = bench.model({ sentence: "whole" });
    const path = bench.path("abort.gguf");
    writeWithValue(whole, path, "llama.feed_forward_length", 0);
    const model = { path, gpu: "off" as const };
    await expect(bench.client.load(model)).rejects.toMatchObject({
      kind: "engine_crashed",
      message: expect.stringMatching(/^llama\.cpp gave up in the middle \(GGML_ASSERT\(.*\)\)\. It starts/),
    });
  });

  it("is followed by an answer of a whole model", async () => {
    const model = bench.model({ sentence: "all well" });
    const { text } = await collect(bench.client.generate({ model, messages: question }, patience));
    expect(text).toBe("all well");
  });
});

describe("a model that is not there", () => {
  it("is not_found, with its path", async () => {
    const path = bench.path("gone.gguf");
    await expect(checkModelFile(path)).rejects.toMatchObject({
      kind: "not_found",
      message: `There is no model file at ${path}. Correct the path, or choose a model under Models.`,
    });
  });

  it("is not_found where a folder has its name", async () => {
    const path = bench.path("folder.gguf");
    mkdirSync(path);
    await expect(checkModelFile(path)).rejects.toMatchObject({
      kind: "not_found",
      message: expect.stringContaining("is not a file"),
    });
  });
});
