import type { Link } from "../chain/index.ts";
import type { ChainEvent, ChatRequest, Level, Status } from "../contract/index.ts";

/** Texts as vectors, by the model on this machine that `model` names; `tokens` is how many it read. */
export interface Embedded {
  model: string;
  vectors: readonly ArrayLike<number>[];
  tokens: number;
}

/** What the gateway serves. */
export interface GatewayParts {
  run(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChainEvent, void, void>;
  /** One vector for each text, in their order; null where this machine has no embedder. */
  embed: ((texts: readonly string[], signal: AbortSignal) => Promise<Embedded>) | null;
  status(): Status;
  /** The metrics in Prometheus' text format, and its content type. */
  metrics(): Promise<{ text: string; contentType: string }>;
  /** The level in force now: `status().level`, without the rest. */
  level(): Level;
  links(): readonly Link[];
  /** Sets the best level that may be used; `full` lifts the limit. */
  setLevel(level: Level): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** The token that every request must carry; it may change while the gateway runs. */
  token(): string;
  /** Origins beyond this machine's own names whose pages may use the gateway. */
  allowedOrigins: readonly string[];
  /** The largest body that is read, bytes. */
  maxBody: number;
  /** How many requests may be under way at once. */
  maxRequests: number;
  version: string;
  /** Told of faults in the gateway's own code. */
  onError(error: unknown): void;
}
