import { type ChatRequest, type Message, textOf } from "../contract/index.ts";

/** What an image costs, in tokens, where nothing better is known; providers count between 85 and 1,600. */
const imageTokens = 1_000;

/**
 * About how many tokens a text has: one for four characters of English, one for each character outside ASCII. An honest
 * estimate for where no count is reported; it is marked as such wherever it is shown.
 */
export function estimatedTokensOf(text: string): number {
  let wide = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) wide++;
  return Math.ceil((text.length - wide) / 4 + wide);
}

/** About how many tokens a request fills, the room for its answer included. */
export function estimatedTokens({ messages, max_tokens = 0, tools }: ChatRequest): number {
  const toolTokens = tools?.length ? estimatedTokensOf(JSON.stringify(tools)) : 0;
  return messages.reduce((sum, message) => sum + tokensOfMessage(message), max_tokens + toolTokens);
}

function tokensOfMessage(message: Message): number {
  const images = Array.isArray(message.content)
    ? message.content.filter(({ type }) => type === "image").length
    : 0;
  return estimatedTokensOf(textOf(message)) + images * imageTokens + 4;
}
