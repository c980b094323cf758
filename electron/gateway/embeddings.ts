import { z } from "zod";
import { count, readBody } from "./body.ts";
import { body, type Endpoint, json, openaiTroubles } from "./endpoint.ts";
import type { GatewayParts } from "./parts.ts";
import { Refusal } from "./trouble.ts";

/** As many as OpenAI takes. */
const mostTexts = 2_048;

const words = z.string("is no text: send words, not token ids").min(1, "is empty");

const embeddingsRequest = z.object({
  input: z.union([words, z.array(words).min(1).max(mostTexts)]),
  model: z.string().nullish(),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: count.nullish(),
});

const reply = z.object({
  object: z.literal("list"),
  data: z.array(
    z.object({
      object: z.literal("embedding"),
      index: z.int().nonnegative(),
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

/** `POST /v1/embeddings`: OpenAI's wire format over the embedder of this machine. Nothing leaves it. */
export const embeddings = (parts: GatewayParts): Endpoint => ({
  route: {
    method: "post",
    path: "/v1/embeddings",
    operationId: "createEmbedding",
    summary: "Texts as vectors, by the embedder on this machine",
    request: { body: body(embeddingsRequest) },
    responses: { 200: json("One vector for each text.", reply), ...openaiTroubles },
  },
  async handle(c) {
    const { input, encoding_format, dimensions } = await readBody(c, embeddingsRequest);
    if (parts.embed === null) {
      throw new Refusal(503, "This machine has no embedder.", { code: "no_embedder" });
    }
    const texts = typeof input === "string" ? [input] : input;
    const { model, vectors, tokens } = await parts.embed(texts, c.req.raw.signal);
    const [first] = vectors;
    if (dimensions != null && first !== undefined && dimensions !== first.length) {
      throw new Refusal(400, `dimensions: this embedder has ${first.length} and can't be cut to others.`, {
        code: "invalid_value",
        param: "dimensions",
      });
    }
    c.header("x-holdfast-tier", "local");
    return c.json({
      object: "list",
      data: vectors.map((vector, index) => ({
        object: "embedding",
        index,
        embedding: encoding_format === "base64" ? base64Of(vector) : Array.from(vector),
      })),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  },
});

/** Little-endian 32-bit floats, as OpenAI's clients read them. */
function base64Of(vector: ArrayLike<number>): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (let at = 0; at < vector.length; at++) bytes.writeFloatLE(vector[at] ?? 0, at * 4);
  return bytes.toString("base64");
}
