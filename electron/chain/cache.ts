import type { Answer, ChatRequest, ProviderName, Receipt } from "../contract/index.ts";

/** An earlier answer that fits a question. `similarity` is a cosine, 1 for an exact match. */
export interface CacheHit {
  text: string;
  original_question: string;
  similarity: number;
  age_s: number;
  link: string;
  provider: ProviderName;
  model: string;
}

/** The emergency cache as the chain sees it: asked only when no link can answer, told of every whole answer. */
export interface AnswerCache {
  lookup(request: ChatRequest, signal: AbortSignal): Promise<CacheHit | null>;
  put(request: ChatRequest, answer: Answer, receipt: Receipt): Promise<void>;
}
