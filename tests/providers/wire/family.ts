import type { LinkCapabilities } from "../../../electron/chain/index.ts";
import type { HttpProviderName } from "../../../electron/providers/index.ts";
import type { ConversationName, Told } from "./conversations.ts";
import type { Recording } from "./player.ts";

/**
 * What a family can't do in a conversation. `dropped`: left out of the request, and told in the receipt. `filtered`: links of the family
 * count as unable unless they say otherwise, so that the request goes elsewhere or without. `hidden`: the provider keeps it to itself.
 */
export type Cannot =
  | { how: "dropped"; what: readonly string[]; because: string }
  | { how: "filtered"; what: keyof LinkCapabilities; because: string }
  | { how: "hidden"; what: "reasoning"; because: string };

/** One family's wire format, as its provider documents it. */
export interface Wire {
  family: HttpProviderName;
  /** The page of the provider that the format comes from. */
  source: string;
  /** A link's model, and its address behind the host. */
  model: string;
  base: string;
  /** Where requests arrive. */
  path: string;
  /** The headers that carry the key `key`. */
  keyHeaders(key: string): Readonly<Record<string, string>>;
  /** The body of each conversation's request, without what every request has. */
  asked: Record<ConversationName, object>;
  /** What every request has. */
  always: object;
  /** An answer as the provider streams it. */
  plays(told: Told): Recording;
  /** The model that `finish` names. */
  answers: string | null;
  cannot: Partial<Record<ConversationName, readonly Cannot[]>>;
}
