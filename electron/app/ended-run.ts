import type { Attempt, ChatRequest, Finished } from "../contract/index.ts";
import type { TraceContext } from "./trace-context.ts";

/** On whose behalf the chain was asked: a person or a program that waits, the outbox, or the lab. */
export type Purpose = "answer" | "outbox" | "lab";

/** A request that has ended, as log, metrics and traces take note of it. */
export interface EndedRun {
  id: string;
  purpose: Purpose;
  request: ChatRequest;
  /** The trace that it is part of; null where there is none. */
  trace: TraceContext | null;
  /** Milliseconds since the epoch. */
  startedAt: number;
  durationMs: number;
  /** From the start to the first piece of the answer, whoever gave it; null when none came. */
  firstTokenMs: number | null;
  /** Null when whoever asked left before the chain could say how it ended. */
  finished: Finished | null;
  /** In the order of their ends. */
  attempts: readonly Attempt[];
}
