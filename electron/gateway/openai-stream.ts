import type { ChainEvent } from "../contract/index.ts";
import { failureError, type WireError, wireError } from "./errors.ts";
import { Follower } from "./follower.ts";
import { type ChunkDelta, chunk, type ReplyHead, toolCallChunk, usageChunk } from "./openai-reply.ts";
import type { Speakers } from "./speakers.ts";

/**
 * A chain's events as OpenAI's server-sent events, one string an event. Plain SSE can't retract: a restarted answer is
 * followed silently while it repeats what was sent; where it departs, or where nothing can answer any more, the stream
 * ends in an `error` event without `[DONE]`. The last chunk carries the receipt.
 */
export async function* openaiStream(
  head: ReplyHead,
  events: AsyncIterable<ChainEvent>,
  speakers: Speakers,
  includeUsage: boolean,
): AsyncGenerator<string, void, void> {
  const follower = new Follower();
  let model = speakers.speaker?.model ?? "";
  let unfollowable = false;
  let retracted = false;
  yield data(chunk(head, model, { role: "assistant", content: "" }));

  for await (const event of events) {
    speakers.see(event);
    model = speakers.speaker?.model ?? model;
    switch (event.type) {
      case "retracted":
        if (unfollowable) return yield data({ error: departed });
        follower.restart();
        retracted = true;
        break;
      case "delta": {
        const parts: ChunkDelta[] = [];
        if (event.reasoning && !retracted) parts.push({ reasoning_content: event.reasoning });
        if (event.text) {
          const content = follower.follow(event.text);
          if (content === null) return yield data({ error: departed });
          if (content) parts.push({ content });
        }
        if (event.tool_call) {
          if (!follower.isWhole) return yield data({ error: departed });
          unfollowable = true;
          parts.push(toolCallChunk(event.tool_call));
        }
        for (const part of parts) yield data(chunk(head, model, part));
        break;
      }
      case "finished": {
        const { receipt, failure, answer } = event;
        if (failure) return yield data({ error: failureError(failure), holdfast: receipt });
        if (!follower.isWhole) return yield data({ error: departed, holdfast: receipt });
        const last = chunk(head, receipt.model ?? model, {}, answer.finish_reason);
        if (includeUsage) yield data(last);
        yield data({ ...(includeUsage ? usageChunk(head, receipt) : last), holdfast: receipt });
        yield "data: [DONE]\n\n";
        break;
      }
      case "attempt_started":
      case "attempt_failed":
      case "seam":
      case "notice":
        break;
      default:
        event satisfies never;
    }
  }
}

const departed: WireError = wireError(
  "server_error",
  "The link that was answering broke off, and the next link answered differently. Ask again for a whole answer.",
  "stream_departed",
);

const data = (of: object): string => `data: ${JSON.stringify(of)}\n\n`;
