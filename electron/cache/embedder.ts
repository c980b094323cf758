/** Makes vectors of texts, for which a larger cosine means a nearer meaning. */
export interface Embedder {
  /** Tells the vectors of this embedder from those of others. */
  readonly id: string;
  /** One vector a text, in order. Rejects when the embedder can't be reached, or the signal aborts. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
}

/** What a guard found of two questions: `same` may be answered alike, `similar` may be shown beside, `different` may not. */
export interface Judgement {
  verdict: "same" | "similar" | "different";
  /** Why it is not the same, in words for a person; null where it is. */
  reason: string | null;
}

/** Judges whether an earlier question asks the same as this one. `similarity` is their cosine. */
export type Guard = (asked: string, earlier: string, similarity: number) => Judgement;
