import { z } from "zod";
import type { Link } from "../chain/index.ts";
import { circuit, level, linkTier, providerName, type Status } from "../contract/index.ts";
import { type Endpoint, json, openaiRefusals } from "./endpoint.ts";
import type { GatewayParts } from "./parts.ts";
import { Refusal } from "./trouble.ts";

const linkFacts = z.object({
  provider: providerName,
  model: z.string(),
  tier: linkTier,
  level,
  is_healthy: z.boolean(),
  circuit: circuit.shape.state,
  capabilities: z.object({
    vision: z.boolean(),
    tools: z.boolean(),
    json_schema: z.boolean(),
    context_window: z.int().nullable(),
  }),
});

/** A model as both OpenAI's and Anthropic's clients read it. */
const model = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: z.int(),
  owned_by: z.string(),
  type: z.literal("model"),
  display_name: z.string(),
  created_at: z.string(),
  holdfast: linkFacts.optional(),
});

const list = z.object({
  object: z.literal("list"),
  data: z.array(model),
  has_more: z.literal(false),
  first_id: z.string(),
  last_id: z.string(),
});

/** `GET /v1/models`: `auto`, and every link with its level and health. */
export const listModels = (parts: GatewayParts): Endpoint => {
  const since = parts.now();
  return {
    route: {
      method: "get",
      path: "/v1/models",
      operationId: "listModels",
      summary: "The links of the chain, and `auto`",
      responses: { 200: json("The models.", list), ...openaiRefusals },
    },
    handle(c) {
      const data = modelsOf(parts, since);
      return c.json({
        object: "list",
        data,
        has_more: false,
        first_id: data[0]?.id ?? "",
        last_id: data.at(-1)?.id ?? "",
      });
    },
  };
};

/** `GET /v1/models/{id}`: one of them. */
export const oneModel = (parts: GatewayParts): Endpoint => {
  const since = parts.now();
  return {
    route: {
      method: "get",
      path: "/v1/models/{id}",
      operationId: "retrieveModel",
      summary: "One link of the chain, or `auto`",
      request: { params: z.object({ id: z.string() }) },
      responses: { 200: json("The model.", model), ...openaiRefusals },
    },
    handle(c) {
      const id = c.req.param("id");
      const found = modelsOf(parts, since).find((one) => one.id === id);
      if (found) return c.json(found);
      throw new Refusal(404, `There is no link "${id}" in the chain.`, {
        code: "model_not_found",
        param: "model",
      });
    },
  };
};

function modelsOf(parts: GatewayParts, sinceMs: number): z.infer<typeof model>[] {
  const { links: statuses } = parts.status();
  const dates = { created: Math.floor(sinceMs / 1_000), created_at: new Date(sinceMs).toISOString() };
  const one = (id: string, owned_by: string, display_name: string) => ({
    id,
    object: "model" as const,
    owned_by,
    type: "model" as const,
    display_name,
    ...dates,
  });
  return [
    one("auto", "holdfast", "The whole chain, best link first"),
    ...parts.links().map((link) => ({
      ...one(link.id, link.provider, link.model),
      holdfast: factsOf(
        link,
        statuses.find(({ id }) => id === link.id),
      ),
    })),
  ];
}

function factsOf(
  { provider, model: name, tier, level: of, capabilities }: Link,
  status: Status["links"][number] | undefined,
): z.infer<typeof linkFacts> {
  return {
    provider,
    model: name,
    tier,
    level: of,
    is_healthy: status?.light !== "failing",
    circuit: status?.circuit.state ?? "closed",
    capabilities: {
      vision: capabilities.vision,
      tools: capabilities.tools,
      json_schema: capabilities.jsonSchema,
      context_window: capabilities.contextWindow,
    },
  };
}
