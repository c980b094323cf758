import type { ChatRequest, Message } from "../contract/index.ts";
import type { PlannedLink } from "./plan.ts";
import type { ProviderRequest } from "./provider.ts";

/** The request as a link gets it: without what only the chain reads, and without the features that the link has to drop. */
export function requestFor({ dropped }: PlannedLink, request: ChatRequest): ProviderRequest {
  const { preferred, level, local_only, recovery, deadline_ms, cache, ...rest } = request;
  const asked: ProviderRequest = rest;
  if (dropped.includes("vision")) asked.messages = asked.messages.map(withoutImages);
  if (dropped.includes("tools")) {
    delete asked.tools;
    delete asked.tool_choice;
  }
  if (dropped.includes("json_schema")) delete asked.response_format;
  return asked;
}

function withoutImages(message: Message): Message {
  if (message.role !== "user" || typeof message.content === "string") return message;
  return { ...message, content: message.content.filter((part) => part.type !== "image") };
}
