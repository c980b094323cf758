/** Fields that hold keys in objects of HTTP clients and of ours: pino takes their values out, wherever they stand. */
export const redactedPaths = [
  "authorization",
  "api_key",
  "apiKey",
  "x-api-key",
  "token",
  "password",
  "secret",
  "cookie",
  "headers",
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`].map(bracketed));

/** pino's notation: a name with a dash stands in brackets. */
function bracketed(path: string): string {
  return path.replace(/\.?([\w]+-[\w-]+)/g, '["$1"]');
}

/** Variables whose values are secrets, by their names. */
const secretName = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|COOKIE|HEADERS)$/i;
/** A secret of a few letters would tear ordinary words out of a line, and is none. */
const shortest = 8;
const removed = "[removed]";

/** How keys look that nobody told us of: those of the large providers, bearer tokens, passwords in addresses. */
const keyForms: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|xai|tgp|csk|nvapi|hf)[-_][\w*.-]{6,}/gi,
  /\bAIza[\w*-]{10,}/g,
  /\b(?:Bearer|Basic)\s+[\w*.~+/=-]{6,}/gi,
  /\bA[KS]IA[A-Z0-9]{12,}/g,
  /\b(?:ABSK|bedrock-api-key-)[\w+/=-]{8,}/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /(?<=[?&](?:api[-_]?key|key|token|access_token)=)[^&\s"'\\]+/gi,
  /(?<=\/\/[^/\s:@"]*:)[^/\s@"]+(?=@)/g,
];

/**
 * The last door before a line is written: takes out every secret that the program knows of, and whatever looks like a key. No line is
 * meant to hold one; this is for the line that somebody adds without thinking of it.
 */
export class Scrub {
  readonly #secrets = new Set<string>();

  constructor(env: Readonly<Record<string, string | undefined>>) {
    for (const [name, value] of Object.entries(env)) {
      if (secretName.test(name) && value !== undefined) this.hide(value);
    }
  }

  hide(secret: string): void {
    const bare = secret.trim();
    if (bare.length < shortest) return;
    this.#secrets.add(bare);
    // As it stands inside a line of JSON.
    this.#secrets.add(JSON.stringify(bare).slice(1, -1));
  }

  clean(line: string): string {
    let clean = line;
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, removed);
    for (const form of keyForms) clean = clean.replace(form, removed);
    return clean;
  }
}
