import type { ToolCallDelta } from "../contract/index.ts";
import { stopReason, wireUsage } from "./anthropic-reply.ts";
import type { StreamFormat } from "./stream-format.ts";
import type { Told } from "./told.ts";
import { anthropicError } from "./trouble.ts";

/** The block that is being sent; Anthropic's blocks come one after the other. */
type Block = { type: "text" | "thinking" } | { type: "tool_use"; call: number };

/**
 * A streamed answer as Anthropic's server-sent events. `message_stop` carries the receipt; where the answer breaks off, an `error` event
 * does, and no `message_stop` follows. Thoughts are sent where `thinking` was asked for.
 */
export function anthropicStream(id: string, thinking: boolean): StreamFormat {
  const blocks = new Blocks();

  function* lines(told: Told): Generator<string> {
    switch (told.type) {
      case "text":
        yield* blocks.text(told.text);
        break;
      case "reasoning":
        if (thinking) yield* blocks.thinking(told.text);
        break;
      case "tool_call":
        yield* blocks.toolCall(told.piece);
        break;
      case "logprobs": // Anthropic's format neither asks for them nor has a place for them
        break;
      case "finished":
        yield* blocks.end();
        yield line("message_delta", {
          delta: { stop_reason: stopReason(told.answer.finish_reason), stop_sequence: null },
          usage: wireUsage(told.receipt.usage),
        });
        yield line("message_stop", { holdfast: told.receipt });
        break;
      case "failed":
        yield line("error", { error: anthropicError(told.trouble).error, holdfast: told.receipt });
        break;
      default:
        told satisfies never;
    }
  }

  return {
    begin: (model) =>
      line("message_start", {
        message: {
          id,
          type: "message",
          role: "assistant",
          model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: wireUsage(null),
        },
      }),
    write: (told) => [...lines(told)].join(""),
  };
}

/** Content blocks in their order: while a tool call is being sent, other calls and words wait for its end. */
class Blocks {
  #open: Block | null = null;
  #index = -1;
  readonly #waiting = new Map<number, ToolCallDelta[]>();
  #waitingText = "";

  *text(text: string): Generator<string> {
    if (this.#open?.type === "tool_use") {
      this.#waitingText += text;
      return;
    }
    if (this.#open?.type !== "text") yield* this.#start({ type: "text" }, { type: "text", text: "" });
    yield this.#delta({ type: "text_delta", text });
  }

  *thinking(thinking: string): Generator<string> {
    if (this.#open?.type === "tool_use") return;
    if (this.#open?.type !== "thinking") {
      yield* this.#start({ type: "thinking" }, { type: "thinking", thinking: "", signature: "" });
    }
    yield this.#delta({ type: "thinking_delta", thinking });
  }

  *toolCall(piece: ToolCallDelta): Generator<string> {
    if (this.#open?.type === "tool_use" && this.#open.call !== piece.index) {
      this.#waiting.set(piece.index, [...(this.#waiting.get(piece.index) ?? []), piece]);
      return;
    }
    yield* this.#piece(piece);
  }

  /** Closes what is open, and sends what waited for that. */
  *end(): Generator<string> {
    for (const pieces of this.#waiting.values()) {
      yield* this.#close();
      for (const piece of pieces) yield* this.#piece(piece);
    }
    yield* this.#close();
    if (this.#waitingText !== "") yield* this.text(this.#waitingText);
    yield* this.#close();
  }

  *#piece({ index, id = "", name = "", arguments: json }: ToolCallDelta): Generator<string> {
    if (this.#open?.type !== "tool_use") {
      yield* this.#start({ type: "tool_use", call: index }, { type: "tool_use", id, name, input: {} });
    }
    if (json) yield this.#delta({ type: "input_json_delta", partial_json: json });
  }

  *#start(block: Block, content_block: object): Generator<string> {
    yield* this.#close();
    this.#open = block;
    this.#index++;
    yield line("content_block_start", { index: this.#index, content_block });
  }

  *#close(): Generator<string> {
    if (this.#open === null) return;
    this.#open = null;
    yield line("content_block_stop", { index: this.#index });
  }

  #delta(delta: object): string {
    return line("content_block_delta", { index: this.#index, delta });
  }
}

const line = (type: string, of: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...of })}\n\n`;
