import type { LogFields } from "./log.ts";

/** Errors whose text is written by this program, for people, and quotes no question and no answer. */
const ourErrors: ReadonlySet<string> = new Set(["StoreError", "ConfigError", "ModelError", "LabFileError"]);

/** How far down causes are told. A cause may also lead back to its own error. */
const deepestCause = 5;

/**
 * An error for the log: its name, its code, where it came from. Its text only where it is the system's or our own, for parsers and
 * servers quote what they were given; `whole` gives every text.
 */
export function errorFields(error: unknown, whole: boolean, causesLeft = deepestCause): LogFields {
  if (!(error instanceof Error)) return { error: typeof error, ...(whole && { message: String(error) }) };
  const { name, message, stack = "", cause } = error;
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  const kind = "kind" in error && typeof error.kind === "string" ? error.kind : null;
  const isTellable = whole || ourErrors.has(name) || (code !== null && isSystemCode(code));
  return {
    error: name,
    ...(code !== null && { code }),
    ...(kind !== null && { kind }),
    ...(isTellable && { message }),
    stack: framesOf(stack),
    ...(cause !== undefined && causesLeft > 0 && { cause: errorFields(cause, whole, causesLeft - 1) }),
  };
}

/** `ENOSPC`, `ERR_SQLITE_ERROR`: what Node and the system say is made of paths and numbers. */
const isSystemCode = (code: string): boolean => /^E[A-Z0-9_]+$/.test(code) && !code.startsWith("ERR_INVALID");

/** The places of a stack, without the message above them. */
function framesOf(stack: string): string[] {
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
}
