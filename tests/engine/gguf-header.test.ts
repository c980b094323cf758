import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GgufError, GgufIncomplete, readGgufHeader } from "../../electron/engine/gguf-header.ts";
import { reciter } from "../fixtures/gguf/reciter.ts";
import { encodeHeader, type GgufFile } from "../fixtures/gguf/writer.ts";

const model = reciter({ sentence: "header" });
const header = encodeHeader(model);
const large = 1 << 30;

describe("reading a GGUF header", () => {
  it("gives the metadata, and of lists their length", () => {
    const { metadata, version, tensorCount } = readGgufHeader(header, large);
    expect(version).toBe(3);
    expect(tensorCount).toBe(model.tensors.length);
    expect(metadata.get("general.architecture")).toBe("llama");
    expect(metadata.get("llama.context_length")).toBe(2048);
    expect(metadata.get("tokenizer.ggml.add_bos_token")).toBe(true);
    expect(metadata.get("tokenizer.ggml.tokens")).toEqual({ length: 7 + 256 + 1 + 6 });
  });

  it("knows the size of the whole file", () => {
    const file: GgufFile = {
      architecture: "llama",
      metadata: {},
      tensors: [
        { name: "a", type: "f32", shape: [3, 2] },
        { name: "b", type: "f16", shape: [5] },
      ],
    };
    const bytes = encodeHeader(file);
    const start = Math.ceil(bytes.length / 32) * 32;
    expect(readGgufHeader(bytes, large).fileSize).toBe(start + 32 + 10);
  });

  it("asks for more when it is given a part, however short", () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: header.length - 1 }), (length) => {
        expect(() => readGgufHeader(header.subarray(0, length), large)).toThrow(GgufIncomplete);
      }),
    );
  });

  const oneTensor = (shape: readonly number[], name = "a") =>
    encodeHeader({
      architecture: "llama",
      metadata: {},
      tensors: [
        { name: "a", type: "f32", shape: [1] },
        { name, type: "f32", shape },
      ],
    });

  it.each([
    ["a shape whose product overflows", oneTensor([2 ** 40, 2 ** 40], "b"), /more than any file holds/],
    ["a dimension of nothing", oneTensor([0, 3], "b"), /has a dimension of length 0/],
    ["a tensor that stands twice", oneTensor([1]), /has the tensor a twice/],
    [
      "a key that stands twice",
      encodeHeader({
        architecture: "llama",
        metadata: { "general.architecture": { type: "string", value: "bert" } },
        tensors: [],
      }),
      /has general\.architecture twice/,
    ],
    [
      "an odd alignment",
      Buffer.from(header).fill(
        24,
        header.indexOf("general.alignment") + 21,
        header.indexOf("general.alignment") + 22,
      ),
      /alignment is 24, which is not a power of two/,
    ],
  ])("refuses %s", (_, bytes, says) => {
    expect(() => readGgufHeader(bytes, large)).toThrow(says);
  });

  it("reads, or refuses, whatever a damaged header says, and never loops or breaks", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: header.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 16 }),
        (at, damage) => {
          const damaged = Buffer.from(header);
          damaged.set(damage.subarray(0, header.length - at), at);
          try {
            readGgufHeader(damaged, header.length);
          } catch (error) {
            expect(error).toBeInstanceOf(GgufError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
