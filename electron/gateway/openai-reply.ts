import type { Answer, FinishReason, Notice, Receipt, ToolCallDelta, Usage } from "../contract/index.ts";

/** What all replies to one request have in common. */
export interface ReplyHead {
  id: string;
  /** Seconds since the epoch. */
  created: number;
}

/** Answers and receipts in OpenAI's chat-completions format, with the receipt under `holdfast`. */
export function completion(head: ReplyHead, answer: Answer, receipt: Receipt) {
  const calls = answer.tool_calls.map(({ id, ...fn }) => ({ id, type: "function", function: fn }));
  return {
    ...head,
    object: "chat.completion",
    model: receipt.model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: answer.text === "" && calls.length > 0 ? null : answer.text,
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        },
        logprobs: null,
        finish_reason: answer.finish_reason,
      },
    ],
    usage: receipt.usage && wireUsage(receipt.usage),
    holdfast: receipt,
  };
}

/** The part of an answer that one chunk of a stream carries. */
export interface ChunkDelta {
  role?: "assistant";
  content?: string;
  reasoning_content?: string;
  tool_calls?: {
    index: number;
    id?: string;
    type?: "function";
    function: { name?: string; arguments?: string };
  }[];
}

/** One chunk of a streamed answer. */
export function chunk(
  head: ReplyHead,
  model: string,
  delta: ChunkDelta,
  finishReason: FinishReason | null = null,
) {
  return {
    ...head,
    object: "chat.completion.chunk",
    model,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  };
}

/** The last chunk where usage was asked for: no choices, only the count. */
export function usageChunk(head: ReplyHead, receipt: Receipt) {
  return {
    ...head,
    object: "chat.completion.chunk",
    model: receipt.model,
    choices: [],
    usage: receipt.usage && wireUsage(receipt.usage),
  };
}

/** A piece of a tool call as a chunk carries it. */
export function toolCallChunk({ index, id, name, arguments: args }: ToolCallDelta): ChunkDelta {
  return {
    tool_calls: [
      {
        index,
        ...(id === undefined ? {} : { id, type: "function" as const }),
        function: {
          ...(name === undefined ? {} : { name }),
          ...(args === undefined ? {} : { arguments: args }),
        },
      },
    ],
  };
}

/** Proxies and clients refuse long headers; the body has the notices whole. */
const longestNotice = 500;

/** The `x-holdfast-*` headers. A notice's text is percent-encoded where it is not plain ASCII, and cut where it is long. */
export function receiptHeaders(
  receipt: Pick<Receipt, "tier" | "link" | "level">,
  attempts: number,
  notices: readonly Notice[],
) {
  return {
    "x-holdfast-tier": receipt.tier,
    "x-holdfast-link": receipt.link ?? "",
    "x-holdfast-level": receipt.level,
    "x-holdfast-attempts": String(attempts),
    ...(notices.length > 0 ? { "x-holdfast-notice": ascii(notices.map(({ text }) => text).join(" ")) } : {}),
  };
}

const ascii = (text: string): string =>
  text
    .slice(0, longestNotice)
    .toWellFormed()
    .replace(/[^\x20-\x7e]/gu, encodeURIComponent);

const wireUsage = ({ input_tokens, output_tokens }: Usage) => ({
  prompt_tokens: input_tokens,
  completion_tokens: output_tokens,
  total_tokens: input_tokens + output_tokens,
});
