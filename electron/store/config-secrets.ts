import type { ConfigProblem, ConfigSource, KeyPath } from "./config-source.ts";

const secretKey =
  /^(api[-_]?key|key|token|secret|password|authorization|access[-_]?key|secret[-_]?key|client[-_]?secret)$/i;

/** How the keys of OpenAI, Anthropic and OpenRouter (`sk-`), Groq, xAI and Google begin; and an address with a password. */
const secretValue = /^(sk-|gsk_|xai-|AIza|Bearer )|^[a-z][a-z\d+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/;

/** A password among the settings of an address: `?password=…`. */
const passwordSetting = /^[a-z][a-z\d+.-]*:\/\/[^\s#]*[?&]\w*password=/i;

const advice =
  "seems to hold a secret in clear, and a config file is no place for one. Put it into an environment variable and " +
  "name that, as in api_key_env: OPENAI_API_KEY; or save the key in the app's settings";

/** For the address of a team's cache, whose password has a variable of its own. */
const cacheAdvice =
  "holds a password, and a config file is no place for one. Leave it out of the address and put it into the environment " +
  "variable HOLDFAST_CACHE_PASSWORD";

/** Whether a value must not be repeated in a message. */
export function looksSecret(value: unknown): boolean {
  return typeof value === "string" && [secretValue, passwordSetting].some((form) => form.test(value.trim()));
}

/** A problem for every key or value of the file that seems to hold a secret. Their messages don't repeat it. */
export function secretProblems(source: ConfigSource): ConfigProblem[] {
  return source.scalars
    .filter(({ path, value }) => (isSecretKey(path) && isFilled(value)) || looksSecret(value))
    .map(({ path }) => source.problem(path, path.join(".") === "cache.store" ? cacheAdvice : advice));
}

function isSecretKey(path: KeyPath): boolean {
  const key = path.at(-1);
  return typeof key === "string" && secretKey.test(key);
}

function isFilled(value: unknown): boolean {
  return value !== null && value !== "";
}
