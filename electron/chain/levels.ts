import { type Level, level } from "../contract/index.ts";
import type { Feature } from "./plan.ts";

/** What works at a level: the features of a request, and the longest answer in tokens (seed 001). */
export interface LevelRule {
  features: readonly (Feature | "streaming")[];
  maxTokens: number | null;
  /** Whether links may be asked at all, and the cache. */
  links: boolean;
  cache: boolean;
}

export const levelRules: Record<Level, LevelRule> = {
  full: {
    features: ["streaming", "tools", "vision", "json_schema", "logprobs"],
    maxTokens: null,
    links: true,
    cache: true,
  },
  reduced: { features: ["streaming", "json_schema", "logprobs"], maxTokens: 2_048, links: true, cache: true },
  minimal: { features: [], maxTokens: 512, links: true, cache: true },
  cached: { features: [], maxTokens: null, links: false, cache: true },
  offline: { features: [], maxTokens: null, links: false, cache: false },
};

/** The lower of two levels: neither may be exceeded. */
export function lowerLevel(a: Level, b: Level): Level {
  return level.options[Math.max(level.options.indexOf(a), level.options.indexOf(b))] as Level;
}

/** Whether a link of this level may be used under a ceiling. */
export function isWithin(of: Level, ceiling: Level): boolean {
  return level.options.indexOf(of) >= level.options.indexOf(ceiling);
}
