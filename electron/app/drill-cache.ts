import { randomUUID } from "node:crypto";
import type { AnswerCache, CachedAnswer, Clock } from "../chain/index.ts";
import { type ChatRequest, textOf } from "../contract/index.ts";

/** The cache of one drill: in memory, empty at its begin, and for the very same question only. The person's own is never touched. */
export function drillCache(clock: Clock): AnswerCache {
  const kept = new Map<string, { answer: Omit<CachedAnswer, "age_s">; at: number }>();
  const questionOf = ({ messages }: ChatRequest): string =>
    messages.map((message) => `${message.role}: ${textOf(message)}`).join("\n");
  return {
    async lookup(request) {
      const found = kept.get(questionOf(request));
      const hit = found ? { ...found.answer, age_s: (clock.now() - found.at) / 1_000 } : null;
      return { id: randomUUID(), hit, similar: null };
    },
    async put(request, { text }, { tier, link, provider, model }) {
      if (tier !== "cloud" && tier !== "backup") return;
      if (request.local_only || link === null || provider === null || model === null) return;
      const asked = request.messages.findLast(({ role }) => role === "user");
      const original_question = asked ? textOf(asked) : "";
      const answer = { text, original_question, similarity: 1, time_bound: false, link, provider, model };
      kept.set(questionOf(request), { answer, at: clock.now() });
    },
  };
}
