import { z } from "zod";
import { type ProviderEvent, ProviderFailure } from "../chain/index.ts";
import type { FinishReason, Usage } from "../contract/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { parseJson } from "./error-body.ts";
import type { ReadEvent } from "./event-stream.ts";
import { describedFailure, eventFailure } from "./failure.ts";
import { type Grace, withGrace } from "./grace.ts";
import type { Head } from "./stream.ts";
import { isTransportError } from "./transport.ts";

/** Counts come whole at the start and are overwritten at the end; cached input is counted apart from the rest. */
const counts = z.looseObject({
  input_tokens: z.number().nullish(),
  cache_creation_input_tokens: z.number().nullish(),
  cache_read_input_tokens: z.number().nullish(),
  output_tokens: z.number().nullish(),
});
type Counts = z.infer<typeof counts>;

/** What is read of the events; events and blocks of other types are passed over, as Anthropic asks of clients. */
const eventShape = z.union([
  z.looseObject({
    type: z.literal("message_start"),
    message: z.looseObject({ model: z.string(), usage: counts.nullish() }),
  }),
  z.looseObject({
    type: z.literal("content_block_start"),
    index: z.number(),
    content_block: z.looseObject({
      type: z.string(),
      id: z.string().optional(),
      name: z.string().optional(),
    }),
  }),
  z.looseObject({
    type: z.literal("content_block_delta"),
    index: z.number(),
    delta: z.looseObject({
      type: z.string(),
      text: z.string().optional(),
      thinking: z.string().optional(),
      partial_json: z.string().optional(),
    }),
  }),
  z.looseObject({
    type: z.literal("message_delta"),
    delta: z.looseObject({
      stop_reason: z.string().nullish(),
      stop_details: z.looseObject({ explanation: z.string().nullish() }).nullish(),
    }),
    usage: counts.nullish(),
  }),
]);
const readTypes = new Set(["message_start", "content_block_start", "content_block_delta", "message_delta"]);
type MessageEvent = z.infer<typeof eventShape>;

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
};

function usageOf(seen: Counts): Usage | null {
  if (seen.output_tokens === undefined || seen.output_tokens === null) return null;
  const input = [seen.input_tokens, seen.cache_creation_input_tokens, seen.cache_read_input_tokens];
  return {
    input_tokens: input.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    output_tokens: seen.output_tokens,
  };
}

/** The later counts win where they say anything. */
function merge(seen: Counts, later: Counts | null | undefined): Counts {
  const said = Object.entries(later ?? {}).filter(([, count]) => typeof count === "number");
  return { ...seen, ...Object.fromEntries(said) };
}

function readEvent(raw: unknown, endpoint: Endpoint, head: Head): MessageEvent | null {
  const type = typeof raw === "object" && raw !== null && "type" in raw ? raw.type : undefined;
  if (typeof type === "string" && !readTypes.has(type)) return null;
  const read = eventShape.safeParse(raw);
  if (read.success) return read.data;
  throw new ProviderFailure("malformed", `${endpoint.host} sent an event that is not one of Messages.`, {
    ...head,
    cause: read.error,
  });
}

/** What an event of a Messages stream says; throws the failure that it tells of. */
export function eventReader(endpoint: Endpoint, head: Head): ReadEvent {
  return (name, data) => {
    if (name === "error") throw eventFailure(parseJson(data) ?? data, endpoint, head);
    return name === null || name === "ping" ? undefined : JSON.parse(data);
  };
}

/**
 * The events of a Messages stream. The answer is whole when a stop reason came, with or without `message_stop`; without
 * one there is no `finish`.
 */
export async function* anthropicEvents(
  stream: AsyncIterable<unknown>,
  endpoint: Endpoint,
  head: Head,
  grace: Grace,
): AsyncGenerator<ProviderEvent, void> {
  let reason: string | null = null;
  let refusal = "";
  let model: string | null = null;
  let seen: Counts = {};
  // Anthropic numbers all blocks of an answer, we only its tool calls.
  const toolIndex = new Map<number, number>();
  try {
    for await (const raw of withGrace(stream, () => reason !== null, grace)) {
      const event = readEvent(raw, endpoint, head);
      if (event === null) continue;
      switch (event.type) {
        case "message_start":
          model = event.message.model;
          seen = merge(seen, event.message.usage);
          break;
        case "content_block_start": {
          const { type, id, name } = event.content_block;
          if (type !== "tool_use") break;
          const index = toolIndex.get(event.index) ?? toolIndex.size;
          toolIndex.set(event.index, index);
          yield {
            type: "delta",
            tool_call: { index, ...(id !== undefined && { id }), ...(name !== undefined && { name }) },
          };
          break;
        }
        case "content_block_delta": {
          const { text, thinking, partial_json: piece } = event.delta;
          if (thinking) yield { type: "delta", reasoning: thinking };
          if (text) yield { type: "delta", text };
          const index = toolIndex.get(event.index);
          if (piece && index !== undefined) yield { type: "delta", tool_call: { index, arguments: piece } };
          break;
        }
        case "message_delta":
          reason = event.delta.stop_reason ?? reason;
          refusal = event.delta.stop_details?.explanation ?? refusal;
          seen = merge(seen, event.usage);
          break;
        default:
          event satisfies never;
      }
    }
  } catch (error) {
    // Nothing is missing when the connection breaks behind the stop reason.
    if (reason === null || !isTransportError(error)) throw error;
  }
  if (reason === null) return;
  if (reason === "refusal") throw describedFailure("refusal", endpoint, refusal, head);
  yield { type: "finish", reason: finishReasons[reason] ?? "stop", model, usage: usageOf(seen) };
}
