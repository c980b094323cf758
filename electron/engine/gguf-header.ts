/** What is wrong with a GGUF header. */
export class GgufError extends Error {
  override readonly name = "GgufError";
}

/** The bytes given end inside the header; more of the file may complete it. */
export class GgufIncomplete extends GgufError {}

/** A metadata value; of arrays only the length is kept. */
export type GgufValue = string | number | bigint | boolean | { length: number };

export interface GgufHeader {
  version: number;
  metadata: ReadonlyMap<string, GgufValue>;
  tensorCount: number;
  /** The least size of a whole file with this header, bytes. */
  fileSize: number;
}

const scalarBytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8] as const;
const stringType = 8;
const arrayType = 9;
const maxDimensions = 4;

/** Elements and bytes of a block, by tensor type: ggml.h and ggml-common.h of llama.cpp. Types not listed are not measured. */
const blockSizes: Readonly<Record<number, readonly [elements: number, bytes: number]>> = {
  0: [1, 4], // F32
  1: [1, 2], // F16
  2: [32, 18], // Q4_0
  3: [32, 20], // Q4_1
  6: [32, 22], // Q5_0
  7: [32, 24], // Q5_1
  8: [32, 34], // Q8_0
  10: [256, 84], // Q2_K
  11: [256, 110], // Q3_K
  12: [256, 144], // Q4_K
  13: [256, 176], // Q5_K
  14: [256, 210], // Q6_K
  16: [256, 66], // IQ2_XXS
  17: [256, 74], // IQ2_XS
  18: [256, 98], // IQ3_XXS
  19: [256, 50], // IQ1_S
  20: [32, 18], // IQ4_NL
  21: [256, 110], // IQ3_S
  22: [256, 82], // IQ2_S
  23: [256, 136], // IQ4_XS
  24: [1, 1], // I8
  25: [1, 2], // I16
  26: [1, 4], // I32
  27: [1, 8], // I64
  28: [1, 8], // F64
  29: [256, 56], // IQ1_M
  30: [1, 2], // BF16
  34: [256, 54], // TQ1_0
  35: [256, 66], // TQ2_0
  39: [32, 17], // MXFP4
};

/** Reads little-endian fields from the beginning of a file of `fileSize` bytes. */
class Reader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly fileSize: number;
  offset = 0;

  constructor(bytes: Uint8Array, fileSize: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.fileSize = fileSize;
  }

  /** Moves on by `length`, and gives back where it was. */
  take(length: number, what: string): number {
    const start = this.offset;
    if (!(start + length <= this.fileSize)) throw new GgufError(`${what} reaches beyond the end of the file`);
    if (start + length > this.#bytes.length) throw new GgufIncomplete("the header goes on");
    this.offset = start + length;
    return start;
  }

  u32(what: string): number {
    return this.#view.getUint32(this.take(4, what), true);
  }

  /** A 64-bit count. Beyond 2^53 it loses digits, but then it is beyond the end of any file as well. */
  u64(what: string): number {
    return Number(this.#view.getBigUint64(this.take(8, what), true));
  }

  string(what: string): string {
    const length = this.u64(what);
    const start = this.take(length, what);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  skipString(what: string): void {
    this.take(this.u64(what), what);
  }

  scalar(type: number, what: string): GgufValue {
    const start = this.take(scalarBytes[type] ?? 0, what);
    const view = this.#view;
    switch (type) {
      case 0:
        return view.getUint8(start);
      case 1:
        return view.getInt8(start);
      case 2:
        return view.getUint16(start, true);
      case 3:
        return view.getInt16(start, true);
      case 4:
        return view.getUint32(start, true);
      case 5:
        return view.getInt32(start, true);
      case 6:
        return view.getFloat32(start, true);
      case 7:
        return view.getUint8(start) !== 0;
      case 10:
        return view.getBigUint64(start, true);
      case 11:
        return view.getBigInt64(start, true);
      case 12:
        return view.getFloat64(start, true);
      default:
        throw new GgufError(`${what} has the unknown type ${type}`);
    }
  }

  value(type: number, what: string): GgufValue {
    if (type === stringType) return this.string(what);
    if (type === arrayType) return this.#array(what, 0);
    return this.scalar(type, what);
  }

  #array(what: string, depth: number): { length: number } {
    if (depth > 4) throw new GgufError(`${what} is nested too deep`);
    const type = this.u32(what);
    const length = this.u64(what);
    if (type === stringType) {
      // every string takes 8 bytes at least, which bounds the loop by the size of the file
      if (length * 8 > this.fileSize) throw new GgufError(`${what} reaches beyond the end of the file`);
      for (let index = 0; index < length; index++) this.skipString(what);
    } else if (type === arrayType) {
      if (length * 12 > this.fileSize) throw new GgufError(`${what} reaches beyond the end of the file`);
      for (let index = 0; index < length; index++) this.#array(what, depth + 1);
    } else {
      const bytes = scalarBytes[type];
      if (bytes === undefined) throw new GgufError(`${what} has the unknown element type ${type}`);
      this.take(length * bytes, what);
    }
    return { length };
  }
}

/**
 * Reads the header of a GGUF file (versions 2 and 3; specification: docs/gguf.md of ggml) from its first bytes, and
 * checks every count, length and offset in it against `fileSize`.
 * Throws `GgufIncomplete` when it needs more bytes, `GgufError` when the header can't be true.
 */
export function readGgufHeader(bytes: Uint8Array, fileSize: number): GgufHeader {
  const reader = new Reader(bytes, fileSize);
  reader.take(4, "the magic number");
  const version = reader.u32("the version");
  if (version === 0x03000000 || version === 0x02000000)
    throw new GgufError("it is stored in big-endian order");
  if (version !== 2 && version !== 3) throw new GgufError(`it has GGUF version ${version}, not 2 or 3`);
  const tensorCount = reader.u64("the number of tensors");
  const metadataCount = reader.u64("the number of metadata entries");
  if (tensorCount * 24 + metadataCount * 13 > fileSize)
    throw new GgufError(
      `it announces ${tensorCount} tensors and ${metadataCount} metadata entries, more than fit in it`,
    );

  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < metadataCount; index++) {
    const key = reader.string(`the key of metadata entry ${index}`);
    if (metadata.has(key)) throw new GgufError(`it has ${key} twice`);
    metadata.set(key, reader.value(reader.u32(`the type of ${key}`), `the value of ${key}`));
  }
  const alignment = Number(metadata.get("general.alignment") ?? 32);
  if (!isPowerOfTwo(alignment))
    throw new GgufError(`its alignment is ${alignment}, which is not a power of two`);

  const names = new Set<string>();
  let dataEnd = 0;
  for (let index = 0; index < tensorCount; index++) {
    const name = reader.string(`the name of tensor ${index}`);
    if (names.has(name)) throw new GgufError(`it has the tensor ${name} twice`);
    names.add(name);
    const dimensions = reader.u32(`the dimensions of ${name}`);
    if (dimensions > maxDimensions) throw new GgufError(`tensor ${name} has ${dimensions} dimensions`);
    const shape = Array.from({ length: dimensions }, () => reader.u64(`the shape of ${name}`));
    const elements = shape.reduce((product, length) => product * length, 1);
    if (shape.includes(0)) throw new GgufError(`tensor ${name} has a dimension of length 0`);
    if (elements > Number.MAX_SAFE_INTEGER)
      throw new GgufError(`tensor ${name} has the shape ${shape.join(" × ")}, more than any file holds`);
    const [blockElements, blockBytes] = blockSizes[reader.u32(`the type of ${name}`)] ?? [1, 0];
    if ((shape[0] ?? 1) % blockElements !== 0)
      throw new GgufError(`tensor ${name} has rows of ${shape[0]}, which its type can't hold`);
    const offset = reader.u64(`the offset of ${name}`);
    if (offset % alignment !== 0) throw new GgufError(`tensor ${name} is not aligned to ${alignment} bytes`);
    dataEnd = Math.max(dataEnd, offset + Math.ceil(elements / blockElements) * blockBytes);
  }
  const dataStart = Math.ceil(reader.offset / alignment) * alignment;
  return {
    version,
    metadata,
    tensorCount,
    fileSize: tensorCount === 0 ? reader.offset : dataStart + dataEnd,
  };
}

const isPowerOfTwo = (number: number): boolean =>
  Number.isInteger(number) && number > 0 && Number.isInteger(Math.log2(number));
