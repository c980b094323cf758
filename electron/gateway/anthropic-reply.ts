import type { Answer, FinishReason, Receipt, ToolCall, Usage } from "../contract/index.ts";
import { Refusal } from "./trouble.ts";

/** Anthropic's word for why an answer ended. That it was a stop sequence is more than the chain is told. */
export function stopReason(reason: FinishReason | null): "end_turn" | "max_tokens" | "tool_use" {
  switch (reason) {
    case "length":
      return "max_tokens";
    case "tool_calls":
      return "tool_use";
    case "stop":
    case null:
      return "end_turn";
    default:
      return reason satisfies never;
  }
}

/** Anthropic's clients want numbers; where nobody counted, they are 0, and the receipt says that they are not known. */
export const wireUsage = (usage: Usage | null) => ({
  input_tokens: usage?.input_tokens ?? 0,
  output_tokens: usage?.output_tokens ?? 0,
});

/** An answer and its receipt in the format of Anthropic's Messages, with the receipt under `holdfast`. */
export function message(id: string, answer: Answer, receipt: Receipt) {
  return {
    id,
    type: "message",
    role: "assistant",
    model: receipt.model,
    content: [
      ...(answer.text === "" ? [] : [{ type: "text", text: answer.text }]),
      ...answer.tool_calls.flatMap((call) => toolUse(call, answer.finish_reason)),
    ],
    stop_reason: stopReason(answer.finish_reason),
    stop_sequence: null,
    usage: wireUsage(receipt.usage),
    holdfast: receipt,
  };
}

/** A call with its arguments read. One that was cut by the length limit is left out: `max_tokens` says so. */
function toolUse({ id, name, arguments: text }: ToolCall, reason: FinishReason | null) {
  const input = argumentsOf(text);
  if (input !== null) return [{ type: "tool_use", id, name, input }];
  if (reason === "length") return [];
  throw new Refusal(502, `The model called the tool "${name}" with arguments that are no JSON object.`, {
    code: "bad_output",
  });
}

function argumentsOf(text: string): object | null {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
