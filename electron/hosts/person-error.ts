import { EngineFailure } from "../engine/index.ts";
import { ModelError } from "../models/index.ts";
import { ConfigError, StoreError } from "../store/index.ts";
import { exitCode } from "./cli/exit-codes.ts";

/** What a person is told of an error that ends a program, and the exit code. Faults of our own keep their stack. */
export function personError(error: unknown): { text: string; code: number } {
  if (error instanceof ConfigError) return { text: error.message, code: exitCode.config };
  if (error instanceof ModelError || error instanceof EngineFailure)
    return { text: error.message, code: exitCode.failed };
  if (error instanceof StoreError) {
    return { text: error.message, code: error.kind === "invalid" ? exitCode.config : exitCode.failed };
  }
  return {
    text: error instanceof Error ? (error.stack ?? error.message) : String(error),
    code: exitCode.failed,
  };
}
