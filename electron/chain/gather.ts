import type { Answer, FinishReason, ToolCall } from "../contract/index.ts";
import type { Delta } from "./attempt.ts";

/** Puts an answer together from its deltas. */
export class Gather {
  #text = "";
  readonly #calls: ToolCall[] = [];

  add({ text, tool_call: piece }: Delta): void {
    if (text) this.#text += text;
    if (!piece) return;
    this.#calls[piece.index] ??= { id: "", name: "", arguments: "" };
    const call = this.#calls[piece.index] as ToolCall;
    call.id ||= piece.id ?? "";
    call.name ||= piece.name ?? "";
    call.arguments += piece.arguments ?? "";
  }

  get text(): string {
    return this.#text;
  }

  answer(finishReason: FinishReason | null): Answer {
    return { text: this.#text, tool_calls: this.#calls.filter(Boolean), finish_reason: finishReason };
  }
}
