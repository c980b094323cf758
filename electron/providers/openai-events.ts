import { z } from "zod";
import { type ProviderEvent, ProviderFailure } from "../chain/index.ts";
import { type FinishReason, tokenLogprob, type Usage } from "../contract/index.ts";
import { filteredCategories } from "./content-filter.ts";
import type { Endpoint } from "./endpoint.ts";
import { lastEvent, type ReadEvent } from "./event-stream.ts";
import { describedFailure, eventFailure } from "./failure.ts";
import { type Grace, withGrace } from "./grace.ts";
import type { Head } from "./stream.ts";
import { isTransportError } from "./transport.ts";

/** A piece of Mistral's content list: reasoning models send text and thoughts as parts. */
const contentPart = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  thinking: z.array(z.looseObject({ text: z.string().optional() })).optional(),
});

const toolCallPiece = z.looseObject({
  index: z.number().int().nonnegative().optional(),
  id: z.string().nullish(),
  function: z.looseObject({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});

const count = z.int().nonnegative();

const choice = z.looseObject({
  delta: z
    .looseObject({
      content: z.union([z.string(), z.array(contentPart)]).nullish(),
      // DeepSeek, llama-server, xAI and LM Studio say `reasoning_content`; OpenRouter, Groq and vLLM `reasoning`.
      reasoning_content: z.string().nullish(),
      reasoning: z.string().nullish(),
      refusal: z.string().nullish(),
      tool_calls: z.array(toolCallPiece).nullish(),
    })
    .nullish(),
  finish_reason: z.string().nullish(),
  // Log-probabilities that can't be read are none; the answer is good all the same.
  logprobs: z
    .looseObject({ content: z.array(tokenLogprob).nullish() })
    .nullish()
    .catch(null),
  // Azure's verdict on this piece.
  content_filter_results: z.unknown().optional(),
});

/** What is read of a chunk. The SDK's type promises more than compatible servers keep, so the shape is checked. */
const chunkShape = z
  .looseObject({
    model: z.string().nullish(),
    choices: z.array(choice).nullish(),
    // A count that can't be read is no count; the answer is good all the same.
    usage: z.looseObject({ prompt_tokens: count, completion_tokens: count }).nullish().catch(null),
  })
  .refine((chunk) => Array.isArray(chunk.choices) || chunk.usage);
type Chunk = z.infer<typeof chunkShape>;

/** Reasons that end an answer well; servers that are only similar to OpenAI's have names of their own. */
const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  eos: "stop",
  end_turn: "stop",
  length: "length",
  max_tokens: "length",
  model_length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
};

/** Reasons that end an answer badly: OpenAI's filter, OpenRouter's error, DeepSeek's lack of machines. */
const badReasons: Readonly<Record<string, "content_policy" | "server" | "overloaded">> = {
  content_filter: "content_policy",
  error: "server",
  insufficient_system_resource: "overloaded",
};

function usageOf(chunk: Chunk): Usage | null {
  const { usage } = chunk;
  if (usage === undefined || usage === null) return null;
  return { input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens };
}

function* deltas(piece: z.infer<typeof choice>): Generator<ProviderEvent> {
  const delta = piece.delta ?? {};
  const reasoning = delta.reasoning_content ?? delta.reasoning;
  if (reasoning) yield { type: "delta", reasoning };
  const parts =
    typeof delta.content === "string" ? [{ type: "text", text: delta.content }] : (delta.content ?? []);
  for (const part of parts) {
    const thought = part.thinking?.map((thinking) => thinking.text ?? "").join("");
    if (thought) yield { type: "delta", reasoning: thought };
    if (part.text) yield { type: "delta", text: part.text };
  }
  if (piece.logprobs?.content?.length) yield { type: "delta", logprobs: piece.logprobs.content };
  for (const [position, call] of (delta.tool_calls ?? []).entries()) {
    const name = call.function?.name;
    const args = call.function?.arguments;
    yield {
      type: "delta",
      tool_call: {
        index: call.index ?? position,
        ...(call.id && { id: call.id }),
        ...(name && { name }),
        ...(args && { arguments: args }),
      },
    };
  }
}

/** What an event of a Chat Completions stream says; throws the failure that it tells of. */
export function chunkReader(endpoint: Endpoint, head: Head): ReadEvent {
  return (name, data) => {
    if (data === "[DONE]") return lastEvent;
    const chunk: unknown = JSON.parse(data);
    const error = typeof chunk === "object" && chunk !== null && "error" in chunk ? chunk.error : null;
    if (error || name === "error") throw eventFailure(error || chunk, endpoint, head);
    return chunk;
  };
}

const isTextOrNone = (value: unknown): boolean =>
  value === undefined || value === null || typeof value === "string";

/**
 * The chunk, where it is a plain piece of text as nearly all are; null where the whole shape has to look at it. Every token comes by here,
 * and the shape costs many times as much.
 */
function plainChunk(raw: unknown): Chunk | null {
  const chunk = raw as Partial<Chunk> | null;
  if (typeof chunk !== "object" || chunk === null || !isTextOrNone(chunk.model)) return null;
  const { choices } = chunk;
  if ((chunk.usage ?? null) !== null || !Array.isArray(choices) || choices.length !== 1) return null;
  const [first] = choices;
  if (typeof first !== "object" || first === null) return null;
  const { delta, finish_reason, logprobs } = first;
  const isPlain =
    typeof delta === "object" &&
    delta !== null &&
    !Array.isArray(delta) &&
    [delta.content, delta.reasoning_content, delta.reasoning, delta.refusal, finish_reason].every(
      isTextOrNone,
    ) &&
    (delta.tool_calls ?? null) === null &&
    (logprobs ?? null) === null;
  return isPlain ? (chunk as Chunk) : null;
}

/** Reads a chunk, or throws the failure that it is: an error that the SDK let through, or no chunk at all. */
function readChunk(raw: unknown, endpoint: Endpoint, head: Head): Chunk {
  const plain = plainChunk(raw);
  if (plain !== null) return plain;
  const read = chunkShape.safeParse(raw);
  if (read.success) return read.data;
  if (typeof raw === "object" && raw !== null && "object" in raw && raw.object === "error") {
    throw eventFailure(raw, endpoint, head);
  }
  throw new ProviderFailure(
    "malformed",
    `${endpoint.host} sent a chunk that is not one of Chat Completions.`,
    {
      ...head,
      cause: read.error,
    },
  );
}

/**
 * The events of a Chat Completions stream. The answer is whole when a finish reason came, with or without `[DONE]`; `finish` waits a
 * little for the end of the stream, because the token counts come after the reason. Without a reason there is no `finish`.
 */
export async function* openaiEvents(
  chunks: AsyncIterable<unknown>,
  endpoint: Endpoint,
  head: Head,
  grace: Grace,
): AsyncGenerator<ProviderEvent, void> {
  let reason: string | null = null;
  let model: string | null = null;
  let usage: Usage | null = null;
  let refusal = "";
  let filtered = "";
  let calledTools = false;
  try {
    for await (const raw of withGrace(chunks, () => reason !== null, grace)) {
      const chunk = readChunk(raw, endpoint, head);
      model = chunk.model || model;
      usage = usageOf(chunk) ?? usage;
      const first = chunk.choices?.[0];
      if (first === undefined) continue;
      for (const event of deltas(first)) {
        if (event.type === "delta" && event.tool_call !== undefined) calledTools = true;
        yield event;
      }
      refusal += first.delta?.refusal ?? "";
      reason = first.finish_reason || reason;
      filtered = filteredCategories(first.content_filter_results) || filtered;
    }
  } catch (error) {
    // Nothing is missing when the connection breaks behind the finish reason.
    if (reason === null || !isTransportError(error)) throw error;
  }
  if (refusal !== "") throw describedFailure("refusal", endpoint, refusal, head);
  if (reason === null) return;
  const bad = badReasons[reason];
  if (bad !== undefined) throw describedFailure(bad, endpoint, filtered, head);
  const finish = finishReasons[reason] ?? "stop";
  // Some servers say "stop" behind a tool call.
  yield { type: "finish", reason: finish === "stop" && calledTools ? "tool_calls" : finish, model, usage };
}
