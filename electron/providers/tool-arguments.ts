import type { ToolCall } from "../contract/index.ts";
import { parseJson } from "./error-body.ts";

/**
 * The arguments of an earlier call as an object, for families that want one. Text that another model left broken is shown
 * as it was, under `arguments`, so that the conversation can go on and the model sees the faulty call.
 */
export function argumentsObject(call: ToolCall): Record<string, unknown> {
  if (call.arguments.trim() === "") return {};
  const parsed = parseJson(call.arguments);
  const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  return isObject ? (parsed as Record<string, unknown>) : { arguments: call.arguments };
}
