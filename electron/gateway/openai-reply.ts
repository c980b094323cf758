import type { Answer, FinishReason, Receipt, TokenLogprob, ToolCallDelta, Usage } from "../contract/index.ts";

/** What all replies to one request have in common. */
export interface ReplyHead {
  id: string;
  /** Seconds since the epoch. */
  created: number;
}

/** An answer and its receipt in OpenAI's chat-completions format, with the receipt under `holdfast`. */
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
          refusal: null,
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        },
        logprobs: wireLogprobs(answer.logprobs),
        finish_reason: answer.finish_reason,
      },
    ],
    usage: wireUsage(receipt.usage),
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
  logprobs?: TokenLogprob[],
) {
  return {
    ...head,
    object: "chat.completion.chunk",
    model,
    choices: [{ index: 0, delta, logprobs: wireLogprobs(logprobs), finish_reason: finishReason }],
  };
}

/** The last chunk where usage was asked for: no choices, only the count. */
export function usageChunk(head: ReplyHead, receipt: Receipt) {
  return {
    ...head,
    object: "chat.completion.chunk",
    model: receipt.model,
    choices: [],
    usage: wireUsage(receipt.usage),
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

const wireLogprobs = (content: TokenLogprob[] | undefined) => (content ? { content, refusal: null } : null);

const wireUsage = (usage: Usage | null) =>
  usage && {
    prompt_tokens: usage.input_tokens,
    completion_tokens: usage.output_tokens,
    total_tokens: usage.input_tokens + usage.output_tokens,
  };
