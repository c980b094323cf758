const bytesEach = Float32Array.BYTES_PER_ELEMENT;

/** A vector, brought to length 1, as base64 of little-endian float32. */
export function encodedVector(vector: readonly number[]): string {
  const length = Math.hypot(...vector) || 1;
  const bytes = Buffer.alloc(vector.length * bytesEach);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value / length, at * bytesEach);
  return bytes.toString("base64");
}

/** What `encodedVector` made, as numbers again. */
export function decodedVector(encoded: string): Float32Array {
  const bytes = Buffer.from(encoded, "base64");
  return Float32Array.from({ length: bytes.length / bytesEach }, (_, at) =>
    bytes.readFloatLE(at * bytesEach),
  );
}
