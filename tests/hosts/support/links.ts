import type { LinkConfig } from "../../../electron/contract/index.ts";

export type Format = "openai" | "anthropic";

/** Limits that a test can wait for: only for a link that is to run into them, for a busy machine is slow. */
const short = { connect: "2s", first_token: "500ms", idle: "500ms" };

/** A link to a server on loopback that speaks the format; the model's name says how it misbehaves. */
export function linkTo(url: string, id: string, format: Format, model: string): LinkConfig {
  return {
    id,
    provider: format,
    model,
    base_url: format === "openai" ? `${url}/v1` : url,
    ...(["hang", "stall"].includes(model) && { timeouts: short }),
  };
}

/** A link to a GGUF file. */
export const localLink = (model: string, id = "local"): LinkConfig => ({ id, provider: "llama", model });
