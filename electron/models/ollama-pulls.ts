import { z } from "zod";
import type { OllamaPull } from "../contract/index.ts";
import { ModelError } from "./errors.ts";
import { Pace } from "./pace.ts";
import type { ModelsDatabase } from "./shelf.ts";

/** A step of a pull as Ollama tells it; bytes are of the piece that `digest` names. */
export interface PullStep {
  status: string;
  digest: string | null;
  total: number | null;
  completed: number | null;
}

export interface OllamaPullsOptions {
  /** Opened with `modelsMigrations`. */
  database: ModelsDatabase;
  /** The server's pull. Throws a ModelError; `stopped` when the signal aborted. */
  pull(name: string, signal: AbortSignal): AsyncIterable<PullStep>;
  now(): number;
  onChange(): void;
  /** Told when a model has come whole. */
  onPulled(name: string): void;
  /** Told when it could not be kept how a pull ended. */
  onError(error: unknown): void;
}

interface Running {
  stop: AbortController;
  pieces: Map<string, { total: number; completed: number }>;
  pace: Pace;
  verifying: boolean;
  ended: Promise<void>;
}

const stored = z.object({
  name: z.string(),
  completed: z.number(),
  total: z.number().nullable(),
  error: z.string().nullable(),
});

/**
 * Models that Ollama fetches. What came stays with Ollama when a pull is paused, breaks off or is cancelled, and the next pull of the same goes
 * on from there; here is kept which were not fetched to their end, so that they can be resumed after a restart.
 */
export class OllamaPulls implements AsyncDisposable {
  readonly #options: OllamaPullsOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: OllamaPullsOptions) {
    this.#options = options;
  }

  list(): OllamaPull[] {
    const rows = this.#options.database.prepare("SELECT * FROM ollama_pulls ORDER BY created_at, name").all();
    return z
      .array(stored)
      .parse(rows)
      .map((row) => this.#shown(row));
  }

  /** Begins a pull, or goes on with one; one that runs is left to run. */
  start(name: string): void {
    if (this.#running.has(name)) return;
    const { database, now, onChange } = this.#options;
    database
      .prepare(
        "INSERT INTO ollama_pulls (name, created_at) VALUES (:name, :now) ON CONFLICT (name) DO UPDATE SET error = NULL",
      )
      .run({ name, now: now() });
    const running: Running = {
      stop: new AbortController(),
      pieces: new Map(),
      pace: new Pace(now),
      verifying: false,
      ended: Promise.resolve(),
    };
    running.ended = this.#run(name, running);
    this.#running.set(name, running);
    onChange();
  }

  /** Resolves when a pull has come to its end; throws the ModelError that it failed with, `stopped` when it was paused or cancelled. */
  async ended(name: string): Promise<void> {
    await this.#running.get(name)?.ended;
    const left = this.list().find((pull) => pull.name === name);
    if (left === undefined) return;
    if (left.error !== null) throw new ModelError("network", left.error);
    throw new ModelError("stopped", `The pull of ${name} was stopped. The same command goes on with it.`);
  }

  async pause(name: string): Promise<void> {
    const running = this.#running.get(name);
    running?.stop.abort();
    await running?.ended;
  }

  /** Ends a pull for good. What Ollama has of it is removed by Ollama itself when it next starts. */
  async cancel(name: string): Promise<void> {
    await this.pause(name);
    this.#options.database.prepare("DELETE FROM ollama_pulls WHERE name = :name").run({ name });
    this.#options.onChange();
  }

  /** Pauses what runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.pause(name)));
  }

  async #run(name: string, running: Running): Promise<void> {
    const { pull, onChange, onPulled, onError } = this.#options;
    let error: string | null = null;
    let whole = false;
    try {
      for await (const step of pull(name, running.stop.signal)) {
        note(step, running);
        running.pace.note(sumOf(running.pieces).completed);
        whole = step.status === "success";
        onChange();
      }
    } catch (failure) {
      // What a pull fails with while it is being stopped is nobody's trouble.
      if (!running.stop.signal.aborted) error = failure instanceof Error ? failure.message : String(failure);
    }
    // A full disk must not end the program: the pull is then told as it was last kept.
    try {
      this.#keep(name, running, whole, error);
    } catch (failure) {
      onError(failure);
    }
    this.#running.delete(name);
    if (whole) onPulled(name);
    onChange();
  }

  /** Writes down how a pull ended. */
  #keep(name: string, { pieces }: Running, whole: boolean, error: string | null): void {
    const { database } = this.#options;
    if (whole) {
      database.prepare("DELETE FROM ollama_pulls WHERE name = :name").run({ name });
      return;
    }
    const { completed, total } = sumOf(pieces);
    database
      .prepare(
        "UPDATE ollama_pulls SET error = :error, completed = :completed, total = coalesce(:total, total) WHERE name = :name",
      )
      .run({ name, error, completed, total });
  }

  #shown({ name, completed, total, error }: z.infer<typeof stored>): OllamaPull {
    const running = this.#running.get(name);
    if (running === undefined)
      return {
        name,
        state: error === null ? "paused" : "failed",
        completed_bytes: completed,
        total_bytes: total,
        bytes_per_second: null,
        seconds_left: null,
        error,
      };
    const sum = sumOf(running.pieces);
    const speed = running.pace.bytesPerSecond();
    return {
      name,
      state: running.verifying ? "verifying" : "pulling",
      completed_bytes: sum.completed,
      total_bytes: sum.total,
      bytes_per_second: speed,
      seconds_left: speed && sum.total !== null ? (sum.total - sum.completed) / speed : null,
      error: null,
    };
  }
}

function note({ status, digest, total, completed }: PullStep, running: Running): void {
  if (digest !== null && total !== null) running.pieces.set(digest, { total, completed: completed ?? 0 });
  running.verifying = status.startsWith("verifying") || status.startsWith("writing");
}

function sumOf(pieces: Running["pieces"]): { completed: number; total: number | null } {
  if (pieces.size === 0) return { completed: 0, total: null };
  const all = [...pieces.values()];
  return {
    completed: all.reduce((sum, piece) => sum + piece.completed, 0),
    total: all.reduce((sum, piece) => sum + piece.total, 0),
  };
}
