import type { ChatRequest, Level, Message } from "../contract/index.ts";
import { levelRules } from "./levels.ts";
import type { PlannedLink } from "./plan.ts";
import type { ProviderRequest } from "./provider.ts";

/**
 * The request as a link gets it: without what only the chain reads, without the features that the link has to drop, and
 * with the level's token limit. `prefill` is the beginning of the answer that the link shall continue.
 */
export function requestFor(
  { dropped }: PlannedLink,
  request: ChatRequest,
  ceiling: Level,
  prefill: string | null,
): ProviderRequest {
  const {
    preferred,
    level,
    recovery,
    deadline_ms,
    cache,
    requirements,
    quality,
    mirror,
    hold,
    request_id,
    traceparent,
    ...rest
  } = request;
  const asked: ProviderRequest = rest;
  if (dropped.includes("vision")) asked.messages = asked.messages.map(withoutImages);
  if (dropped.includes("tools")) {
    delete asked.tools;
    delete asked.tool_choice;
    delete asked.parallel_tool_calls;
  }
  if (dropped.includes("json_schema")) delete asked.response_format;
  if (dropped.includes("logprobs")) delete asked.logprobs;
  const { maxTokens } = levelRules[ceiling];
  if (maxTokens !== null) asked.max_tokens = Math.min(asked.max_tokens ?? maxTokens, maxTokens);
  if (prefill !== null) asked.prefill = prefill;
  return asked;
}

function withoutImages(message: Message): Message {
  if (message.role !== "user" || typeof message.content === "string") return message;
  return { ...message, content: message.content.filter((part) => part.type !== "image") };
}
