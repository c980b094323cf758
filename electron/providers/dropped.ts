import type { ProviderRequest } from "../chain/index.ts";

/** Settings of a request that some model or provider has no equal for. Their names are those of the receipt. */
export type Setting =
  | "temperature"
  | "top_p"
  | "stop"
  | "seed"
  | "tool_choice"
  | "parallel_tool_calls"
  | "logprobs";

/** Those of `settings` that the request asks for: what is lost when a provider can't be told of them. */
export function asked(request: ProviderRequest, settings: readonly Setting[]): Setting[] {
  return settings.filter((setting) => {
    const value = request[setting];
    // Several tool calls at once are what every provider does unless told not to.
    if (setting === "parallel_tool_calls" && value === true) return false;
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  });
}

/** The request without these settings. */
export function without(request: ProviderRequest, settings: readonly Setting[]): ProviderRequest {
  const kept = { ...request };
  for (const setting of settings) delete kept[setting];
  return kept;
}
