import type { Answer, ChatRequest, ProviderName, Receipt } from "../contract/index.ts";

/** An earlier answer, and how near its question is. `similarity` is a cosine, 1 for the very same question. */
export interface CachedAnswer {
  text: string;
  original_question: string;
  similarity: number;
  age_s: number;
  /** Whether it depends on the day on which it was given. */
  time_bound: boolean;
  link: string;
  provider: ProviderName;
  model: string;
}

/** What a look-up gave: an answer to the same question, or one to a similar question, which is no answer to this one. */
export interface CacheFinding {
  /** The look-up, so that the person can say whether it was right. */
  id: string;
  hit: CachedAnswer | null;
  similar: CachedAnswer | null;
}

/** The emergency cache as the chain sees it: asked only when no link can answer, told of every whole answer. */
export interface AnswerCache {
  /** Null when the cache has nothing to do with the request. */
  lookup(request: ChatRequest, signal: AbortSignal): Promise<CacheFinding | null>;
  put(request: ChatRequest, answer: Answer, receipt: Receipt): Promise<void>;
}
