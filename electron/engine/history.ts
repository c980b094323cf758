import type { ChatHistoryItem, ChatModelFunctionCall } from "node-llama-cpp";
import { type Message, textOf } from "../contract/index.ts";

/**
 * The messages as node-llama-cpp's history. It always ends in a model's turn, which the generation continues: with
 * `prefill`, or with the text of a last assistant message, or empty. A tool's result joins the call that it answers.
 */
export function toHistory(messages: readonly Message[], prefill = ""): ChatHistoryItem[] {
  const history: ChatHistoryItem[] = [];
  const calls = new Map<string, ChatModelFunctionCall>();
  for (const message of messages) {
    switch (message.role) {
      case "system":
        history.push({ type: "system", text: message.content });
        break;
      case "user":
        history.push({ type: "user", text: textOf(message) });
        break;
      case "assistant": {
        const response: Array<string | ChatModelFunctionCall> =
          message.content === "" ? [] : [message.content];
        for (const [index, { id, name, arguments: json }] of (message.tool_calls ?? []).entries()) {
          const call: ChatModelFunctionCall = {
            type: "functionCall",
            name,
            params: parsed(json),
            result: null,
            ...(index === 0 && { startsNewChunk: true }),
          };
          calls.set(id, call);
          response.push(call);
        }
        const before = history.at(-1);
        // what the model says after a tool's result belongs to the turn in which it called the tool
        if (before?.type === "model") before.response.push(...response);
        else history.push({ type: "model", response });
        break;
      }
      case "tool": {
        const call = calls.get(message.tool_call_id);
        if (call === undefined) history.push({ type: "user", text: message.content });
        else call.result = parsed(message.content);
        break;
      }
      default:
        message satisfies never;
    }
  }
  const last = history.at(-1);
  if (last?.type === "model") {
    if (prefill !== "") last.response.push(prefill);
  } else {
    history.push({ type: "model", response: prefill === "" ? [] : [prefill] });
  }
  return history;
}

/** The value of a JSON text, or the text itself when it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
