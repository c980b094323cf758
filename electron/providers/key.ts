import { type Link, ProviderFailure } from "../chain/index.ts";
import type { ProviderOptions } from "./options.ts";

function whereToSet(link: Link): string {
  const settings = "enter one under Settings, Providers";
  return link.apiKeyEnv === null
    ? settings
    : `set the environment variable ${link.apiKeyEnv}, or ${settings}`;
}

/**
 * The key of a link, null when there is none.
 *
 * Throws a `ProviderFailure` of kind `auth` when `required` and there is none, and when the key could never be sent.
 */
export async function keyOf(link: Link, options: ProviderOptions, required: boolean): Promise<string | null> {
  let found: string | null;
  try {
    found = await options.apiKey(link);
  } catch (cause) {
    throw new ProviderFailure(
      "auth",
      `The key of link "${link.id}" could not be read. To mend it, ${whereToSet(link)}.`,
      { cause },
    );
  }
  const key = found?.trim() ?? "";
  if (key === "") {
    if (!required) return null;
    throw new ProviderFailure("auth", `Link "${link.id}" has no key: ${whereToSet(link)}.`);
  }
  // Only these characters can stand in a header; fetch would throw an error that quotes the key.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new ProviderFailure(
      "auth",
      `The key of link "${link.id}" has a space, a line break or a letter that no key has: ${whereToSet(link)}.`,
    );
  }
  return key;
}
