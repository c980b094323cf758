import type { Provider } from "../chain/index.ts";
import type { LinkConfig } from "../contract/index.ts";

/** The chain of a newcomer, and the last line of every chain that the settings page makes. */
export const starterLink: LinkConfig = {
  id: "starter",
  provider: "llama",
  model: "resources/models/starter.gguf",
};

/** Whether a link runs the model that ships with the program. */
export const isStarter = (link: { model: string }): boolean => link.model.endsWith("models/starter.gguf");

/**
 * The starter model looks at each question by itself: it is too small to follow a conversation, and answers a lone question far
 * better (`docs/starter-model.md`). Its notice says so.
 */
export function withLoneQuestions(provider: Provider): Provider {
  return {
    stream(request, link, signal) {
      const question = request.messages.findLast(({ role }) => role === "user");
      const isLone = isStarter(link) && question !== undefined;
      return provider.stream(isLone ? { ...request, messages: [question] } : request, link, signal);
    },
  };
}
