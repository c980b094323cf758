import type { Answer, FinishReason, Seam, TokenLogprob, ToolCall } from "../contract/index.ts";
import type { Delta } from "./attempt.ts";

/** Beyond this many characters a broken answer is begun anew rather than given to another link to continue. */
const longestPrefill = 32_000;

/** Puts an answer together from its deltas, across the links that made it. */
export class Gather {
  readonly seams: Seam[] = [];
  #text = "";
  #reasoned = false;
  readonly #calls: ToolCall[] = [];
  readonly #logprobs: TokenLogprob[] = [];

  add({ text, reasoning, tool_call: piece, logprobs }: Delta): void {
    if (text) this.#text += text;
    if (logprobs) this.#logprobs.push(...logprobs);
    if (reasoning) this.#reasoned = true;
    if (!piece) return;
    this.#calls[piece.index] ??= { id: "", name: "", arguments: "" };
    const call = this.#calls[piece.index] as ToolCall;
    call.id ||= piece.id ?? "";
    call.name ||= piece.name ?? "";
    call.arguments += piece.arguments ?? "";
  }

  /** From here on another link speaks. */
  seam(link: string): Seam {
    const seam = { offset: this.#text.length, link };
    this.seams.push(seam);
    return seam;
  }

  get text(): string {
    return this.#text;
  }

  /** Whether anything was said, thought or called. */
  get begun(): boolean {
    return this.#text !== "" || this.#reasoned || this.#calls.length > 0;
  }

  /** Whether another link could go on from here: plain text, no tool call, and not so long that it costs more than it saves. */
  get continuable(): boolean {
    return this.#text.trim() !== "" && this.#calls.length === 0 && this.#text.length <= longestPrefill;
  }

  answer(finishReason: FinishReason | null): Answer {
    return {
      text: this.#text,
      tool_calls: this.#calls.filter(Boolean),
      finish_reason: finishReason,
      ...(this.#logprobs.length > 0 && { logprobs: this.#logprobs }),
    };
  }
}
