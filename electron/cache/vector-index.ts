/** Vectors of one chunk: 4096 of them, so that growing never copies what is there. */
const chunkSlots = 4_096;

/** Words whose bit counts fit one byte each before they are summed up: 28 x 8 < 256. */
const wordsAtOnce = 28;

export interface Found {
  key: number;
  /** Cosine, -1 to 1. */
  similarity: number;
}

/**
 * The nearest vectors of unit length, found in two steps: the sign of each number is one bit, and those whose bits differ
 * least from the question's are compared in full. Everything lies in memory: 4 bytes a number, and an eighth of one.
 */
export class VectorIndex {
  readonly #dimensions: number;
  readonly #words: number;
  readonly #rescored: number;
  /** By slot; slots 0 to size - 1 are taken. */
  #keys = new Float64Array(chunkSlots);
  #groups = new Int32Array(chunkSlots);
  #bits: Uint32Array;
  #distances = new Uint16Array(chunkSlots);
  readonly #vectors: Float32Array[] = [];
  readonly #slotOf = new Map<number, number>();
  readonly #groupIds = new Map<string, number>();

  /** `rescored`: how many are compared in full; 100 unless given. */
  constructor(dimensions: number, rescored = 100) {
    this.#dimensions = dimensions;
    this.#words = Math.ceil(dimensions / 32);
    this.#rescored = rescored;
    this.#bits = new Uint32Array(chunkSlots * this.#words);
  }

  get size(): number {
    return this.#slotOf.size;
  }

  /** Adds a vector, or replaces the one with this key. `group`: a search sees one group only. */
  set(key: number, group: string, vector: Float32Array): void {
    if (vector.length !== this.#dimensions) {
      throw new RangeError(`A vector has ${vector.length} numbers where ${this.#dimensions} were expected.`);
    }
    const slot = this.#slotOf.get(key) ?? this.#newSlot(key);
    this.#groups[slot] = this.#groupId(group);
    this.#chunk(slot).set(vector, (slot % chunkSlots) * this.#dimensions);
    this.#bits.set(signBits(vector, this.#words), slot * this.#words);
  }

  /** Removes a key; the last slot moves into the gap. */
  delete(key: number): void {
    const slot = this.#slotOf.get(key);
    if (slot === undefined) return;
    const last = this.size - 1;
    this.#slotOf.delete(key);
    if (slot === last) return;
    const words = this.#words;
    const moved = this.#keys[last] as number;
    this.#keys[slot] = moved;
    this.#groups[slot] = this.#groups[last] as number;
    this.#bits.copyWithin(slot * words, last * words, (last + 1) * words);
    this.#chunk(slot).set(this.#vectorAt(last), (slot % chunkSlots) * this.#dimensions);
    this.#slotOf.set(moved, slot);
  }

  /** The best of a group, best first. */
  search(vector: Float32Array, group: string, limit: number): Found[] {
    const id = this.#groupIds.get(group);
    if (id === undefined) return [];
    const found = this.#candidates(signBits(vector, this.#words), id).map((slot) => ({
      key: this.#keys[slot] as number,
      similarity: dot(vector, this.#vectorAt(slot)),
    }));
    return found.sort((a, b) => b.similarity - a.similarity).slice(0, limit);
  }

  /** The slots whose bits differ least: distances are counted, and those up to the fitting distance taken. */
  #candidates(query: Uint32Array, group: number): number[] {
    const { size } = this;
    const words = this.#words;
    const bits = this.#bits;
    const groups = this.#groups;
    const distances = this.#distances;
    const counts = new Uint32Array(words * 32 + 1);
    for (let slot = 0, at = 0; slot < size; slot += 1, at += words) {
      if (groups[slot] !== group) continue;
      const distance = hamming(bits, at, query, words);
      distances[slot] = distance;
      counts[distance] = (counts[distance] as number) + 1;
    }
    let farthest = 0;
    for (let sum = 0; farthest < counts.length; farthest += 1) {
      sum += counts[farthest] as number;
      if (sum >= this.#rescored) break;
    }
    const slots: number[] = [];
    for (let slot = 0; slot < size; slot += 1) {
      if (groups[slot] === group && (distances[slot] as number) <= farthest) slots.push(slot);
    }
    return slots;
  }

  #newSlot(key: number): number {
    const slot = this.size;
    if (slot === this.#keys.length) this.#grow();
    this.#slotOf.set(key, slot);
    this.#keys[slot] = key;
    return slot;
  }

  #grow(): void {
    const slots = this.#keys.length * 2;
    const grown = <T extends Float64Array | Int32Array | Uint32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#keys = grown(new Float64Array(slots), this.#keys);
    this.#groups = grown(new Int32Array(slots), this.#groups);
    this.#bits = grown(new Uint32Array(slots * this.#words), this.#bits);
    this.#distances = new Uint16Array(slots);
  }

  #groupId(group: string): number {
    const known = this.#groupIds.get(group);
    if (known !== undefined) return known;
    this.#groupIds.set(group, this.#groupIds.size);
    return this.#groupIds.size - 1;
  }

  #chunk(slot: number): Float32Array {
    const at = Math.floor(slot / chunkSlots);
    this.#vectors[at] ??= new Float32Array(chunkSlots * this.#dimensions);
    return this.#vectors[at];
  }

  #vectorAt(slot: number): Float32Array {
    const begin = (slot % chunkSlots) * this.#dimensions;
    return this.#chunk(slot).subarray(begin, begin + this.#dimensions);
  }
}

/** The vector at length 1; one of length 0 stays as it is. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}

function signBits(vector: Float32Array, words: number): Uint32Array {
  const bits = new Uint32Array(words);
  for (const [at, value] of vector.entries()) {
    if (value > 0) bits[at >> 5] = (bits[at >> 5] as number) | (1 << (at & 31));
  }
  return bits;
}

/** How many bits differ. Counted in parallel within each word, and summed up once for many words (Warren, Hacker's Delight, 5-1). */
function hamming(bits: Uint32Array, at: number, query: Uint32Array, words: number): number {
  let total = 0;
  for (let word = 0; word < words; ) {
    const end = Math.min(word + wordsAtOnce, words);
    let bytes = 0;
    for (; word < end; word += 1) {
      let x = (bits[at + word] as number) ^ (query[word] as number);
      x -= (x >>> 1) & 0x55555555;
      x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
      bytes += (x + (x >>> 4)) & 0x0f0f0f0f;
    }
    const halves = (bytes & 0x00ff00ff) + ((bytes >>> 8) & 0x00ff00ff);
    total += (halves & 0xffff) + (halves >>> 16);
  }
  return total;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] as number) * (b[at] as number);
  return sum;
}
