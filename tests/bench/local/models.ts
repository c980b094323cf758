import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type GgufFile, type GgufTensor, type GgufValue, writeGguf } from "../../fixtures/gguf/writer.ts";

/** A language model's dimensions, from its published configuration. */
interface Shape {
  architecture: "llama" | "granite";
  name: string;
  blocks: number;
  width: number;
  feedForward: number;
  heads: number;
  kvHeads: number;
  headLength: number;
  vocabulary: number;
  ropeBase: number;
  further: Readonly<Record<string, GgufValue>>;
}

const f32 = (value: number): GgufValue => ({ type: "f32", value });
const u32 = (value: number): GgufValue => ({ type: "u32", value });

const shapes = {
  llama1b: {
    architecture: "llama",
    name: "Llama 3.2 1B",
    blocks: 16,
    width: 2048,
    feedForward: 8192,
    heads: 32,
    kvHeads: 8,
    headLength: 64,
    vocabulary: 128_256,
    ropeBase: 500_000,
    further: {},
  },
  granite350m: {
    architecture: "granite",
    name: "Granite 4.0 350M",
    blocks: 28,
    width: 1024,
    feedForward: 2048,
    heads: 16,
    kvHeads: 4,
    headLength: 64,
    vocabulary: 100_352,
    ropeBase: 10_000_000,
    further: {
      "granite.logit_scale": f32(4),
      "granite.residual_scale": f32(0.246),
      "granite.embedding_scale": f32(12),
      "granite.attention.scale": f32(0.015625),
    },
  },
} satisfies Record<string, Shape>;

const blockBytes = { q8_0: 34, q4_0: 18 } as const;
type Quantisation = keyof typeof blockBytes;

/** A made model on the disk. */
export interface MadeModel {
  /** What it is a likeness of: `Llama 3.2 1B Q4_0`. */
  name: string;
  path: string;
}

const template =
  "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}" +
  "{% if add_generation_prompt %}<|assistant|>{% endif %}";

/** Writes the models that are not in `folder` yet. A smaller one comes first. */
export function madeModels(folder: string): MadeModel[] {
  const made = [];
  for (const shape of [shapes.granite350m, shapes.llama1b]) {
    for (const quantisation of ["q8_0", "q4_0"] as const) {
      const path = join(folder, `${shape.architecture}-${shape.blocks}-${quantisation}.gguf`);
      if (!existsSync(path)) {
        writeGguf(`${path}.part`, randomModel(shape, quantisation));
        renameSync(`${path}.part`, path);
      }
      made.push({ name: `${shape.name} ${quantisation.toUpperCase()}`, path });
    }
  }
  return made;
}

/** Random weights in a model's shape: what it says is noise, and takes as long as sense would. The vocabulary is of made words. */
function randomModel(shape: Shape, quantisation: Quantisation): GgufFile {
  const { architecture: arch, width, feedForward, heads, kvHeads, headLength, vocabulary } = shape;
  const key = (name: string) => `${arch}.${name}`;
  const ones = Array.from({ length: width }, (_, index) => [index, 1] as const);
  const norm = (name: string): GgufTensor => ({
    name: `${name}.weight`,
    type: "f32",
    shape: [width],
    nonZero: ones,
  });
  const blocks = { q8_0: randomBlocks("q8_0"), q4_0: randomBlocks("q4_0") };
  const weights = (name: string, shape: number[], type = quantisation): GgufTensor => ({
    name: `${name}.weight`,
    type,
    shape,
    blocks: blocks[type],
  });
  return {
    architecture: arch,
    metadata: {
      "general.name": { type: "string", value: `${shape.name}, random weights` },
      [key("context_length")]: u32(131_072),
      [key("embedding_length")]: u32(width),
      [key("block_count")]: u32(shape.blocks),
      [key("feed_forward_length")]: u32(feedForward),
      [key("attention.head_count")]: u32(heads),
      [key("attention.head_count_kv")]: u32(kvHeads),
      [key("attention.key_length")]: u32(headLength),
      [key("attention.value_length")]: u32(headLength),
      [key("attention.layer_norm_rms_epsilon")]: f32(1e-5),
      [key("rope.dimension_count")]: u32(headLength),
      [key("rope.freq_base")]: f32(shape.ropeBase),
      [key("vocab_size")]: u32(vocabulary),
      ...shape.further,
      ...tokenizer(vocabulary),
    },
    tensors: [
      // llama.cpp's own quantisation too gives the shared embedding more bits than the rest
      weights("token_embd", [width, vocabulary], "q8_0"),
      ...Array.from({ length: shape.blocks }, (_, block) => [
        norm(`blk.${block}.attn_norm`),
        weights(`blk.${block}.attn_q`, [width, heads * headLength]),
        weights(`blk.${block}.attn_k`, [width, kvHeads * headLength]),
        weights(`blk.${block}.attn_v`, [width, kvHeads * headLength]),
        weights(`blk.${block}.attn_output`, [heads * headLength, width]),
        norm(`blk.${block}.ffn_norm`),
        weights(`blk.${block}.ffn_gate`, [width, feedForward]),
        weights(`blk.${block}.ffn_up`, [width, feedForward]),
        weights(`blk.${block}.ffn_down`, [feedForward, width]),
      ]).flat(),
      norm("output_norm"),
    ],
  };
}

/** Each printable character is a token, so that a text of n letters is a prompt of n tokens; the rest are words that never merge. */
function tokenizer(vocabulary: number): Record<string, GgufValue> {
  const controls = ["<unk>", "<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"];
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
  );
  const letters = ["▁", ...Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))];
  const known = [...controls, ...bytes, ...letters];
  const words = Array.from({ length: vocabulary - known.length }, (_, index) => `▁word${index}`);
  const types = [
    2,
    ...controls.slice(1).map(() => 3),
    ...bytes.map(() => 6),
    ...letters.map(() => 1),
    ...words.map(() => 1),
  ];
  return {
    "tokenizer.ggml.model": { type: "string", value: "llama" },
    "tokenizer.ggml.tokens": { type: "strings", value: [...known, ...words] },
    "tokenizer.ggml.scores": { type: "f32s", value: types.map(() => 0) },
    "tokenizer.ggml.token_type": { type: "i32s", value: types },
    "tokenizer.ggml.bos_token_id": u32(1),
    "tokenizer.ggml.eos_token_id": u32(2),
    "tokenizer.ggml.unknown_token_id": u32(0),
    "tokenizer.ggml.add_bos_token": { type: "bool", value: true },
    "tokenizer.ggml.add_space_prefix": { type: "bool", value: false },
    "tokenizer.chat_template": { type: "string", value: template },
  };
}

const patternBlocks = 100_003; // a prime, so that no row of a tensor is like the one above it

/** Blocks of random weights with a standard deviation of about 0.02, the same in each run. */
function randomBlocks(type: Quantisation): Uint8Array {
  const size = blockBytes[type];
  const bytes = Buffer.alloc(patternBlocks * size);
  const half = type === "q8_0" ? 0x0c74 : 0x1c71; // 0.02 / 73.6 and 0.02 / 4.61 as 16-bit floats
  let state = 0x9e3779b9;
  for (let at = 0; at < bytes.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  for (let block = 0; block < patternBlocks; block++) bytes.writeUInt16LE(half, block * size);
  return bytes;
}
