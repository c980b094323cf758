import { createContext, Script } from "node:vm";

/** How long a search may take before it is given up, milliseconds. A pattern with nested repetition can run for years. */
const longestMs = 250;

const script = new Script("new RegExp(pattern, flags).test(text)");

/** A search took too long. */
export class PatternTooSlow extends Error {
  override readonly name = "PatternTooSlow";
}

/**
 * Whether a text matches a regular expression. Throws `PatternTooSlow` when that takes more than 250 ms: patterns come from
 * requests, and a search runs in the one thread that everything else runs in.
 */
export function matches(text: string, pattern: string, flags = ""): boolean {
  const context = createContext({ text, pattern, flags });
  try {
    return script.runInContext(context, { timeout: longestMs }) === true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") {
      throw new PatternTooSlow(`The pattern /${pattern}/${flags} took more than ${longestMs} ms.`);
    }
    throw error;
  }
}
