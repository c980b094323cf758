import { randomUUID } from "node:crypto";
import { z } from "zod";
import { estimatedTokens } from "../chain/index.ts";
import { receipt } from "../contract/index.ts";
import { answerStreaming, answerWhole } from "./answering.ts";
import { message } from "./anthropic-reply.ts";
import { countTokensRequest, fromMessages, inputOf, messagesRequest } from "./anthropic-request.ts";
import { anthropicStream } from "./anthropic-stream.ts";
import { readBody } from "./body.ts";
import { anthropicTroubles, body, type Endpoint, json, jsonOrStream } from "./endpoint.ts";
import { routingOf } from "./overrides.ts";
import type { GatewayParts } from "./parts.ts";

const reply = z.object({
  id: z.string(),
  type: z.literal("message"),
  role: z.literal("assistant"),
  model: z.string().nullable(),
  content: z.array(
    z.union([
      z.object({ type: z.literal("text"), text: z.string() }),
      z.object({
        type: z.literal("tool_use"),
        id: z.string(),
        name: z.string(),
        input: z.record(z.string(), z.unknown()),
      }),
    ]),
  ),
  stop_reason: z.enum(["end_turn", "max_tokens", "tool_use"]),
  stop_sequence: z.null(),
  usage: z.object({ input_tokens: z.int(), output_tokens: z.int() }),
  holdfast: receipt,
});

/** `POST /v1/messages`: Anthropic's wire format over the chain, streaming and not. */
export const messages = (parts: GatewayParts): Endpoint => ({
  route: {
    method: "post",
    path: "/v1/messages",
    operationId: "createMessage",
    summary: "Ask the chain in Anthropic's Messages format",
    request: { body: body(messagesRequest) },
    responses: { 200: jsonOrStream("The answer, with its receipt.", reply), ...anthropicTroubles },
  },
  async handle(c) {
    const wire = await readBody(c, messagesRequest);
    const request = fromMessages(wire, routingOf(c, parts, wire.model, wire.holdfast ?? {}));
    const id = `msg_${randomUUID().replaceAll("-", "")}`;
    const thinks = wire.thinking !== undefined && wire.thinking !== null && wire.thinking.type !== "disabled";
    return wire.stream
      ? answerStreaming(c, parts, request, anthropicStream(id, thinks))
      : answerWhole(c, parts, request, (answer, given) => message(id, answer, given));
  },
});

/** `POST /v1/messages/count_tokens`: an estimate, since which link answers, and so how it counts, is not known yet. */
export const countTokens = (): Endpoint => ({
  route: {
    method: "post",
    path: "/v1/messages/count_tokens",
    operationId: "countTokens",
    summary: "Estimate the input tokens of a message",
    request: { body: body(countTokensRequest) },
    responses: {
      200: json("The estimate.", z.object({ input_tokens: z.int().nonnegative() })),
      ...anthropicTroubles,
    },
  },
  async handle(c) {
    const wire = await readBody(c, countTokensRequest);
    return c.json({ input_tokens: estimatedTokens(inputOf(wire)) });
  },
});
