import { z } from "zod";
import { type ProviderEvent, ProviderFailure } from "../chain/index.ts";
import type { FinishReason } from "../contract/index.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Head } from "./stream.ts";

const count = z.int().nonnegative();

/** What is read of a line of /api/chat. */
const lineShape = z.looseObject({
  model: z.string(),
  message: z
    .looseObject({
      content: z.string().nullish(),
      thinking: z.string().nullish(),
      tool_calls: z
        .array(
          z.looseObject({
            id: z.string().nullish(),
            function: z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
          }),
        )
        .nullish(),
    })
    .nullish(),
  done: z.boolean(),
  done_reason: z.string().nullish(),
  // Left out by a server that had the whole prompt in its cache.
  prompt_eval_count: count.nullish().catch(null),
  eval_count: count.nullish().catch(null),
});
type Line = z.infer<typeof lineShape>;

function readLine(raw: unknown, endpoint: Endpoint, head: Head): Line {
  const read = lineShape.safeParse(raw);
  if (read.success) return read.data;
  throw new ProviderFailure("malformed", `${endpoint.host} sent a line that is not one of Ollama's chat.`, {
    ...head,
    cause: read.error,
  });
}

function finishReason(line: Line, calledTools: boolean): FinishReason {
  if (line.done_reason === "length") return "length";
  return calledTools ? "tool_calls" : "stop";
}

/**
 * The events of an /api/chat stream; its line with `done` is the finish. Ollama sends each tool call whole, and older servers send it without
 * an id: `callPrefix` makes one that is unique in its conversation. A prompt that fills the whole context of `numCtx` tokens was cut by a
 * server that can't be told to refuse it: that is a failure, never an answer.
 */
export async function* ollamaEvents(
  lines: AsyncIterable<unknown>,
  endpoint: Endpoint,
  head: Head,
  callPrefix: string,
  numCtx: number,
): AsyncGenerator<ProviderEvent, void> {
  let calls = 0;
  for await (const raw of lines) {
    const line = readLine(raw, endpoint, head);
    const { content, thinking, tool_calls: toolCalls } = line.message ?? {};
    if (thinking) yield { type: "delta", reasoning: thinking };
    if (content) yield { type: "delta", text: content };
    for (const { id, function: called } of toolCalls ?? []) {
      const index = calls++;
      yield {
        type: "delta",
        tool_call: {
          index,
          id: id || `${callPrefix}${index}`,
          name: called.name,
          arguments: JSON.stringify(called.arguments),
        },
      };
    }
    if (!line.done) continue;
    const { eval_count: output, prompt_eval_count: input } = line;
    if ((input ?? 0) >= numCtx) {
      const words = `${endpoint.host} cut the conversation to ${numCtx} tokens before "${line.model}" saw it.`;
      throw new ProviderFailure("context_length", words, head);
    }
    yield {
      type: "finish",
      reason: finishReason(line, calls > 0),
      model: line.model,
      usage: typeof output === "number" ? { input_tokens: input ?? 0, output_tokens: output } : null,
    };
    return;
  }
}
