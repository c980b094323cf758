/** Fields that hold keys in objects of HTTP clients and of ours. */
const keyFields: ReadonlySet<string> = new Set([
  "authorization",
  "api_key",
  "apiKey",
  "x-api-key",
  "token",
  "password",
  "secret",
  "cookie",
  "headers",
]);
/** Objects inside objects that are looked through, the line itself included. */
const looked = 3;

/**
 * The fields of a line without the values of those that hold keys, wherever they stand. One that has none, as nearly every line, is given back
 * as it is.
 */
export function withoutKeys(fields: Record<string, unknown>, depth = looked): Record<string, unknown> {
  let clean: Record<string, unknown> | null = null;
  for (const name in fields) {
    const value = fields[name];
    const kept = keyFields.has(name)
      ? removed
      : depth > 1 && isPlain(value)
        ? withoutKeys(value, depth - 1)
        : value;
    if (kept === value) continue;
    clean ??= Array.isArray(fields) ? Object.assign([], fields) : { ...fields };
    clean[name] = kept;
  }
  return clean ?? fields;
}

/** What JSON writes by its members. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !("toJSON" in value);
}

/** Variables whose values are secrets, by their names. */
const secretName = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|COOKIE|HEADERS)$/i;
/** A secret of a few letters would tear ordinary words out of a line, and is none. */
const shortest = 8;
const removed = "[removed]";

/**
 * How keys look that nobody told us of: those of the large providers, tokens, passwords in addresses. `hint` must stand in a line for the
 * form to be in it, and is much quicker to look for.
 */
const keyForms: readonly { hint: RegExp; form: RegExp }[] = [
  {
    hint: /(?:sk|pk|rk|gsk|xai|tgp|csk|nvapi|hf)[-_]|AIza|A[KS]IA|ABSK|bedrock-api-key-|eyJ/i,
    form: /\b(?:(?:sk|pk|rk|gsk|xai|tgp|csk|nvapi|hf)[-_][\w*.-]{6,}|AIza[\w*-]{10,}|A[KS]IA[A-Z0-9]{12,}|(?:ABSK|bedrock-api-key-)[\w+/=-]{8,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/gi,
  },
  { hint: /(?:bearer|basic)\s/i, form: /\b(?:Bearer|Basic)\s+[\w*.~+/=-]{6,}/gi },
  {
    hint: /[?&][\w-]*(?:key|token)=/i,
    form: /(?<=[?&](?:api[-_]?key|key|token|access_token)=)[^&\s"'\\]+/gi,
  },
  { hint: /:\/\/[^/\s"]*@/, form: /(?<=\/\/[^/\s:@"]*:)[^/\s@"]+(?=@)/g },
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
    for (const { hint, form } of keyForms) if (hint.test(clean)) clean = clean.replace(form, removed);
    return clean;
  }
}
