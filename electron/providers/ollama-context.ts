import { type Link, ProviderFailure, type ProviderRequest } from "../chain/index.ts";
import { textOf } from "../contract/index.ts";
import type { OllamaFacts } from "./ollama-facts.ts";
import { turnsOf } from "./turns.ts";

/** Room for an answer where the request sets no limit; a model that thinks first needs more. */
const answerTokens = 2_048;
const thoughtfulAnswerTokens = 4_096;
/** With less room than this left an answer is not worth beginning. */
const leastAnswerTokens = 256;
/** Other sizes than powers of two from here up would make Ollama load the model anew for every message of a growing conversation. */
export const smallestContext = 4_096;
/** What Ollama's vision models make of one image, at most, about. */
const imageTokens = 1_600;
/** What a model may make of one beyond that. */
const unexpectedImageTokens = 4_800;
/** Hardly any text has longer tokens. */
const mostBytesPerToken = 6;
/** What a model's template puts around a message. */
const wrappingTokens = 8;

/** Bytes of everything in a request that becomes tokens, and how many images and messages there are. */
function measure(request: ProviderRequest): { bytes: number; images: number; messages: number } {
  const turns = turnsOf(request);
  const tools = request.tools === undefined ? "" : JSON.stringify(request.tools);
  let size = Buffer.byteLength(tools);
  let images = 0;
  for (const message of turns) {
    size += Buffer.byteLength(textOf(message));
    if (message.role === "assistant" && message.tool_calls)
      size += Buffer.byteLength(JSON.stringify(message.tool_calls));
    if (Array.isArray(message.content))
      images += message.content.filter(({ type }) => type === "image").length;
  }
  return { bytes: size, images, messages: turns.length };
}

/** The sizes of context that a request is to be tried with, tokens. */
export interface ContextPlan {
  numCtx: number;
  /** The most that is worth trying: what the model can hold, or what the request needs if every byte of it is a token. */
  most: number;
}

/**
 * The context that a request needs: the prompt and room for the answer, as a power of two from 4,096 up, no more than the model has.
 * Ollama's own default cuts longer prompts, and says nothing. A server that can be told to refuse is given a good estimate (three
 * bytes a token), since it counts for itself; for one that can't, or is not known, every byte counts as a token, which is more
 * than any tokenizer makes of it. `loaded` is the size with which the model is in memory already: a larger one is kept, because another size
 * would load it anew. Throws `context_length` where it can't fit.
 */
export function contextPlan(
  request: ProviderRequest,
  link: Link,
  facts: OllamaFacts | null,
  loaded: number | null = null,
): ContextPlan {
  const limit = limitOf(link, facts);
  const refuses = facts?.refuses ?? false;
  const { bytes, images, messages } = measure(request);
  const around = images * imageTokens + messages * wrappingTokens;
  const longest = bytes + around;
  const prompt = refuses ? Math.ceil(bytes / 3) + around : longest;
  const thinks = facts?.capabilities?.includes("thinking") ?? false;
  const answer = request.max_tokens ?? (thinks ? thoughtfulAnswerTokens : answerTokens);
  if (limit !== null) {
    // Where the server counts for itself, only what is far too long need not be sent at all.
    const least = refuses ? Math.ceil(bytes / mostBytesPerToken) : prompt;
    if (least + Math.min(answer, leastAnswerTokens) > limit) throw tooLong(link, facts, limit);
  }
  const sizeFor = (tokens: number) =>
    Math.min(Math.max(smallestContext, powerOfTwo(tokens)), limit ?? Number.POSITIVE_INFINITY);
  const numCtx = Math.max(sizeFor(prompt + answer), Math.min(loaded ?? 0, limit ?? Number.POSITIVE_INFINITY));
  return { numCtx, most: sizeFor(longest + images * unexpectedImageTokens + answer) };
}

/** The next size to try after the server found this one too small; null when there is none. */
export function largerContext({ numCtx, most }: ContextPlan): ContextPlan | null {
  return numCtx >= most ? null : { numCtx: Math.min(numCtx * 2, most), most };
}

function limitOf({ capabilities: { contextWindow } }: Link, facts: OllamaFacts | null): number | null {
  const known = [contextWindow, facts?.contextLength ?? null].filter((size) => size !== null);
  return known.length === 0 ? null : Math.min(...known);
}

const powerOfTwo = (tokens: number): number => 2 ** Math.ceil(Math.log2(tokens));

function tooLong({ id, model }: Link, facts: OllamaFacts | null, limit: number): ProviderFailure {
  const how = facts?.refuses
    ? "Shorten it, or use a link with a larger context window."
    : "This server would cut it and say nothing, so it was not sent. Update Ollama to 0.12.6 or later, which counts exactly, or shorten the conversation.";
  return new ProviderFailure(
    "context_length",
    `The conversation does not fit into the ${limit} tokens of "${model}" (link "${id}"). ${how}`,
  );
}
