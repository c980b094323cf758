import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";

/** Seals what is written to the disk, and makes the ids by which it is found. */
export interface Cipher {
  /** Tells this key from others; null when nothing is encrypted. */
  readonly keyId: string | null;
  seal(plain: Uint8Array): Uint8Array;
  /** Throws when the bytes were sealed with another key, or changed. */
  open(sealed: Uint8Array): Uint8Array;
  /** A hash of texts, 32 hex digits, which says nothing of them without the key. */
  hash(...texts: readonly string[]): string;
}

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM: nonce, ciphertext, tag. `key` is 32 bytes, of which two keys are derived (HKDF's expand step, RFC 5869). */
export function aesCipher(key: Uint8Array): Cipher {
  const derive = (use: string) => createHmac("sha256", key).update(`holdfast cache ${use}\u0001`).digest();
  const sealing = derive("seal");
  const hashing = derive("hash");
  return {
    keyId: derive("id").toString("hex", 0, 8),
    seal(plain) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", sealing, nonce);
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed) {
      const decipher = createDecipheriv("aes-256-gcm", sealing, sealed.subarray(0, nonceBytes));
      decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
      const plain = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes));
      return Buffer.concat([plain, decipher.final()]);
    },
    hash: (...texts) =>
      createHmac("sha256", hashing).update(JSON.stringify(texts)).digest("hex").slice(0, 32),
  };
}

/** Leaves everything as it is, where there is no keychain to keep a key in. */
export const plainCipher: Cipher = {
  keyId: null,
  seal: (plain) => plain,
  open: (sealed) => sealed,
  hash: (...texts) => createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 32),
};

/** A value as sealed JSON, and back. */
export const sealJson = (cipher: Cipher, value: unknown): Uint8Array =>
  cipher.seal(Buffer.from(JSON.stringify(value)));
export const openJson = (cipher: Cipher, sealed: Uint8Array): unknown =>
  JSON.parse(Buffer.from(cipher.open(sealed)).toString());
