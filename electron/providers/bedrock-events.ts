import { z } from "zod";
import { type ProviderEvent, ProviderFailure } from "../chain/index.ts";
import type { FailureKind, FinishReason, Usage } from "../contract/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { describedFailure, eventFailure } from "./failure.ts";
import { type Grace, withGrace } from "./grace.ts";
import type { Head } from "./stream.ts";
import { isTransportError } from "./transport.ts";

const count = z.int().nonnegative();

/** What is read of the events of ConverseStream; each has one of these members, or one that is passed over. */
const eventShape = z.looseObject({
  contentBlockStart: z
    .looseObject({
      contentBlockIndex: count,
      start: z
        .looseObject({ toolUse: z.looseObject({ toolUseId: z.string(), name: z.string() }).optional() })
        .optional(),
    })
    .optional(),
  contentBlockDelta: z
    .looseObject({
      contentBlockIndex: count,
      delta: z.looseObject({
        text: z.string().optional(),
        toolUse: z.looseObject({ input: z.string().optional() }).optional(),
        reasoningContent: z.looseObject({ text: z.string().optional() }).optional(),
      }),
    })
    .optional(),
  messageStop: z.looseObject({ stopReason: z.string() }).optional(),
  metadata: z
    .looseObject({
      usage: z
        .looseObject({
          inputTokens: count,
          outputTokens: count,
          cacheReadInputTokens: count.optional(),
          cacheWriteInputTokens: count.optional(),
        })
        .nullish()
        .catch(null),
    })
    .optional(),
});
type ConverseEvent = z.infer<typeof eventShape>;

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
};

/** Reasons that end an answer badly, with what is to be said of them. */
const badReasons: Readonly<Record<string, { kind: FailureKind; words: string }>> = {
  content_filtered: { kind: "content_policy", words: "The model's content filter stopped the answer." },
  guardrail_intervened: { kind: "content_policy", words: "A guardrail of your account stopped the answer." },
  malformed_model_output: { kind: "malformed", words: "" },
  malformed_tool_use: { kind: "malformed", words: "" },
};

/** Tokens that were read from or written to the cache are counted apart from the rest. */
function usageOf({ metadata }: ConverseEvent): Usage | null {
  const usage = metadata?.usage;
  if (usage === undefined || usage === null) return null;
  const { inputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0, outputTokens } = usage;
  return {
    input_tokens: inputTokens + cacheReadInputTokens + cacheWriteInputTokens,
    output_tokens: outputTokens,
  };
}

function readEvent(raw: unknown, endpoint: Endpoint, head: Head): ConverseEvent {
  const read = eventShape.safeParse(raw);
  if (read.success) return read.data;
  throw new ProviderFailure(
    "malformed",
    `${endpoint.host} sent an event that is not one of ConverseStream.`,
    {
      ...head,
      cause: read.error,
    },
  );
}

/** What the SDK's decoder says of a stream that ends within an event. */
const endedWithin = /^Truncated event message/;

/**
 * What the SDK throws under an exception's name when one came as an event, or of an end within an event, as the failure that it is; null
 * for other errors.
 */
function failureOf(error: unknown, endpoint: Endpoint, head: Head): ProviderFailure | null {
  if (!(error instanceof Error)) return null;
  if (endedWithin.test(error.message)) {
    const words = `${endpoint.host} ended the stream before the answer was whole.`;
    return new ProviderFailure("truncated", words, { ...head, cause: error });
  }
  if (!error.name.endsWith("Exception")) return null;
  return eventFailure({ code: error.name, message: error.message }, endpoint, head);
}

/** The pieces of an answer that an event carries. `toolIndex` remembers which of the answer's blocks are tool calls. */
function* deltas(event: ConverseEvent, toolIndex: Map<number, number>): Generator<ProviderEvent> {
  const started = event.contentBlockStart;
  const call = started?.start?.toolUse;
  if (started !== undefined && call !== undefined) {
    const index = toolIndex.size;
    toolIndex.set(started.contentBlockIndex, index);
    yield { type: "delta", tool_call: { index, id: call.toolUseId, name: call.name } };
  }
  const piece = event.contentBlockDelta;
  if (piece === undefined) return;
  const { text, toolUse, reasoningContent } = piece.delta;
  if (reasoningContent?.text) yield { type: "delta", reasoning: reasoningContent.text };
  if (text) yield { type: "delta", text };
  const index = toolIndex.get(piece.contentBlockIndex);
  if (toolUse?.input && index !== undefined) {
    yield { type: "delta", tool_call: { index, arguments: toolUse.input } };
  }
}

/**
 * The events of a ConverseStream. The answer is whole when a stop reason came; `finish` waits a little for the token counts behind it. Without
 * a stop reason there is no `finish`. The stream does not name its model.
 */
export async function* bedrockEvents(
  stream: AsyncIterable<unknown>,
  endpoint: Endpoint,
  head: Head,
  grace: Grace,
): AsyncGenerator<ProviderEvent, void> {
  let reason: string | null = null;
  let usage: Usage | null = null;
  const toolIndex = new Map<number, number>();
  try {
    for await (const raw of withGrace(stream, () => reason !== null, grace)) {
      const event = readEvent(raw, endpoint, head);
      yield* deltas(event, toolIndex);
      reason = event.messageStop?.stopReason ?? reason;
      usage = usageOf(event) ?? usage;
    }
  } catch (error) {
    // Nothing is missing when the connection breaks behind the stop reason.
    if (reason === null || !isTransportError(error)) throw failureOf(error, endpoint, head) ?? error;
  }
  if (reason === null) return;
  const bad = badReasons[reason];
  if (bad !== undefined) throw describedFailure(bad.kind, endpoint, bad.words, head);
  yield { type: "finish", reason: finishReasons[reason] ?? "stop", model: null, usage };
}
