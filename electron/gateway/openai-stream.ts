import type { StreamFormat } from "./answering.ts";
import { chunk, type ReplyHead, toolCallChunk, usageChunk } from "./openai-reply.ts";
import { openaiError } from "./trouble.ts";

/**
 * A streamed answer as OpenAI's server-sent events. The last chunk carries the receipt; where the answer breaks off, an `error` event
 * does, and no `[DONE]` follows.
 */
export function openaiStream(head: ReplyHead, includeUsage: boolean): StreamFormat {
  // With usage asked for, every chunk but the last says that it has none.
  const data = (of: object): string =>
    `data: ${JSON.stringify(includeUsage && !("usage" in of) ? { ...of, usage: null } : of)}\n\n`;

  return async function* (events, model) {
    yield data(chunk(head, model, { role: "assistant", content: "" }));
    for await (const event of events) {
      switch (event.type) {
        case "text":
          yield data(chunk(head, model, { content: event.text }));
          break;
        case "logprobs":
          yield data(chunk(head, model, {}, null, event.logprobs));
          break;
        case "reasoning":
          yield data(chunk(head, model, { reasoning_content: event.text }));
          break;
        case "tool_call":
          yield data(chunk(head, model, toolCallChunk(event.piece)));
          break;
        case "finished": {
          const { receipt, answer } = event;
          const last = chunk(head, receipt.model ?? model, {}, answer.finish_reason);
          if (includeUsage) yield data(last);
          yield data({ ...(includeUsage ? usageChunk(head, receipt) : last), holdfast: receipt });
          yield "data: [DONE]\n\n";
          break;
        }
        case "failed":
          yield `data: ${JSON.stringify({ ...openaiError(event.trouble), holdfast: event.receipt })}\n\n`;
          break;
        default:
          event satisfies never;
      }
    }
  };
}
