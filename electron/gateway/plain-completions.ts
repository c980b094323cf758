import { z } from "zod";
import { type ChatRequest, level } from "../contract/index.ts";
import { answerWhole } from "./answering.ts";
import { count, readBody } from "./body.ts";
import { body, type Endpoint, json, openaiTroubles } from "./endpoint.ts";
import { routingOf } from "./overrides.ts";
import type { GatewayParts } from "./parts.ts";

const plainRequest = z.object({
  messages: z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).min(1),
  /** A link's id, as `model` of the chat calls. */
  model: z.string().nullish(),
  max_tokens: count.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  /** The id of the link to try first, or a provider's name: its first link is meant. */
  preferred_provider: z.string().nullish(),
});

const plainReply = z.object({
  content: z.string(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  degradation_level: level,
  from_cache: z.boolean(),
  notice: z.string().nullable(),
  attempts: z.int().nonnegative(),
});

const call =
  (path: string, operationId: string, summary: string) =>
  (parts: GatewayParts): Endpoint => ({
    route: {
      method: "post",
      path,
      operationId,
      summary,
      request: { body: body(plainRequest) },
      responses: { 200: json("The answer.", plainReply), ...openaiTroubles },
    },
    async handle(c) {
      const wire = await readBody(c, plainRequest);
      const request: ChatRequest = {
        ...routingOf(c, parts, preferredOf(wire, parts)),
        messages: wire.messages,
        ...(wire.max_tokens != null && { max_tokens: wire.max_tokens }),
        ...(wire.temperature != null && { temperature: wire.temperature }),
      };
      return answerWhole(c, parts, request, ({ text }, receipt) => ({
        content: text,
        provider: receipt.link,
        model: receipt.model,
        degradation_level: receipt.level,
        from_cache: receipt.tier === "cache",
        notice: receipt.notices.map((notice) => notice.text).join(" ") || null,
        attempts: receipt.attempts.length,
      }));
    },
  });

/** `POST /v1/completions` (seed 001): one answer, from whichever link can give it. */
export const plainCompletions = call(
  "/v1/completions",
  "createCompletion",
  "Ask the chain in the plain format",
);

/**
 * `POST /v1/completions/circuit` (seed 001): the same. The chain passes over open circuits in every request, so there is nothing that this
 * one would do otherwise.
 */
export const circuitCompletions = call(
  "/v1/completions/circuit",
  "createCircuitCompletion",
  "Ask the chain in the plain format, open circuits skipped",
);

function preferredOf(
  { preferred_provider, model }: z.infer<typeof plainRequest>,
  parts: GatewayParts,
): string | undefined {
  const links = parts.links();
  const named = links.find(({ id }) => id === preferred_provider);
  return (named ?? links.find(({ provider }) => provider === preferred_provider))?.id ?? model ?? undefined;
}
