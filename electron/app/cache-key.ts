import { randomBytes } from "node:crypto";
import { aesCipher, type Cipher, plainCipher } from "../cache/index.ts";
import type { Secrets } from "../store/index.ts";

/** No link can have such an id, so that this key and those of links never meet. */
const name = "cache:key";

export interface CacheSeal {
  cipher: Cipher;
  /** A sentence for the person: how the cache is kept. */
  detail: string;
}

/** The cipher of the cache, its key in the keychain; without a keychain the cache is not encrypted, and the detail says so. */
export async function cacheSeal(secrets: Pick<Secrets, "own">): Promise<CacheSeal> {
  const found = await secrets.own(name, () => randomBytes(32).toString("base64"));
  if ("unavailable" in found) {
    return {
      cipher: plainCipher,
      detail: `The cache is not encrypted, since ${found.unavailable}. Only your user account can read its file.`,
    };
  }
  return {
    cipher: aesCipher(Buffer.from(found.value, "base64")),
    detail:
      "Questions, answers and their vectors are encrypted with AES-256-GCM. The key is in the keychain.",
  };
}
