import type { ProviderRequest } from "../chain/index.ts";
import type { Message } from "../contract/index.ts";

/** The messages of a request; the beginning of an answer that is to be continued stands last, as the assistant's own words. */
export function turnsOf({ messages, prefill }: ProviderRequest): readonly Message[] {
  return prefill === undefined ? messages : [...messages, { role: "assistant", content: prefill }];
}
