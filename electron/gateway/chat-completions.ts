import { randomUUID } from "node:crypto";
import { z } from "zod";
import { finishReason, receipt, tokenLogprob } from "../contract/index.ts";
import { answerStreaming, answerWhole } from "./answering.ts";
import { readBody } from "./body.ts";
import { body, type Endpoint, jsonOrStream, openaiTroubles } from "./endpoint.ts";
import { completion, type ReplyHead } from "./openai-reply.ts";
import { chatCompletionsRequest, fromChatCompletions } from "./openai-request.ts";
import { openaiStream } from "./openai-stream.ts";
import { routingOf } from "./overrides.ts";
import type { GatewayParts } from "./parts.ts";
import { Refusal } from "./trouble.ts";

const reply = z.object({
  id: z.string(),
  object: z.literal("chat.completion"),
  created: z.int(),
  model: z.string().nullable(),
  choices: z.array(
    z.object({
      index: z.literal(0),
      message: z.object({
        role: z.literal("assistant"),
        content: z.string().nullable(),
        refusal: z.null(),
        tool_calls: z
          .array(
            z.object({
              id: z.string(),
              type: z.literal("function"),
              function: z.object({ name: z.string(), arguments: z.string() }),
            }),
          )
          .optional(),
      }),
      logprobs: z.object({ content: z.array(tokenLogprob), refusal: z.null() }).nullable(),
      finish_reason: finishReason.nullable(),
    }),
  ),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }).nullable(),
  holdfast: receipt,
});

/** What can't be had from any link is refused: null where log-probabilities were asked for would look like an answer. */
function refuseWithoutLogprobs(parts: GatewayParts): void {
  if (parts.links().some(({ capabilities }) => capabilities.logprobs)) return;
  throw new Refusal(
    400,
    "logprobs is not supported: no link of the chain gives them. Leave it out, or set `capabilities: { logprobs: true }` at a link whose server does.",
    { param: "logprobs" },
  );
}

/** `POST /v1/chat/completions`: OpenAI's wire format over the chain, streaming and not. */
export const chatCompletions = (parts: GatewayParts): Endpoint => ({
  route: {
    method: "post",
    path: "/v1/chat/completions",
    operationId: "createChatCompletion",
    summary: "Ask the chain in OpenAI's Chat Completions format",
    request: { body: body(chatCompletionsRequest) },
    responses: { 200: jsonOrStream("The answer, with its receipt.", reply), ...openaiTroubles },
  },
  async handle(c) {
    const wire = await readBody(c, chatCompletionsRequest);
    const routing = routingOf(c, parts, wire.model, wire.holdfast ?? {});
    const request = fromChatCompletions(wire, routing);
    if (request.logprobs !== undefined) refuseWithoutLogprobs(parts);
    const head: ReplyHead = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(parts.now() / 1_000) };
    return wire.stream
      ? answerStreaming(c, parts, request, openaiStream(head, wire.stream_options?.include_usage ?? false))
      : answerWhole(c, parts, request, (answer, given) => completion(head, answer, given));
  },
});
