import { type Clock, type Link, type Provider, type ProviderEvent, ProviderFailure } from "../chain/index.ts";
import type { Config } from "../contract/index.ts";
import { OllamaProgram } from "../models/index.ts";
import { OllamaServer, ollamaBaseUrl, withoutVersion } from "../providers/index.ts";
import { isLoopback } from "./links.ts";

export interface OllamaStartParts {
  /** Leaves by the app's one door. */
  fetch: typeof fetch;
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  config(): NonNullable<Config["ollama"]>;
  /** A start has begun, or has ended. */
  onChange(): void;
  /** A start that a question needed has failed; the question's own failure tells of it as well. */
  onFailure(error: unknown): void;
}

/** A server on this machine answers within milliseconds; one that does not is busy with worse. */
export const lookMs = 3_000;
/** A program that could not be started is not tried again at every question. */
const startAgainMs = 60_000;

/** The address of a link's server, without the version that OpenAI's clients want. */
export const addressOf = (baseUrl: string | null): string => withoutVersion(baseUrl ?? ollamaBaseUrl);

/** Ollama's program on this machine: started by hand, or when a link needs it, and stopped with the app. */
export class OllamaStart implements AsyncDisposable {
  readonly #parts: OllamaStartParts;
  readonly #program: OllamaProgram;
  #isStarting = false;
  /** Monotonic time before which no question starts the program. */
  #startAgainAt = 0;

  constructor(parts: OllamaStartParts) {
    this.#parts = parts;
    const { env, platform, config } = parts;
    this.#program = new OllamaProgram({ env, platform, configured: () => config().program ?? null });
  }

  /** The program's path, or null where it is not installed. */
  find(): string | null {
    return this.#program.find();
  }

  get startedHere(): boolean {
    return this.#program.startedHere;
  }

  get isStarting(): boolean {
    return this.#isStarting;
  }

  /** The same provider, which has the program started when it is needed, installed, and nothing answers. */
  whenNeeded(provider: Provider): Provider {
    const helps = this.helps.bind(this);
    return {
      stream(request, link, signal) {
        let inner = provider.stream(request, link, signal)[Symbol.asyncIterator]();
        let begun = false;
        const next = async (): Promise<IteratorResult<ProviderEvent>> => {
          const first = !begun;
          begun = true;
          try {
            return await inner.next();
          } catch (error) {
            if (!first || !(await helps(error, link, signal))) throw error;
            inner = provider.stream(request, link, signal)[Symbol.asyncIterator]();
            return inner.next();
          }
        };
        const end = async (): Promise<IteratorResult<ProviderEvent>> =>
          inner.return?.() ?? { done: true, value: undefined };
        return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
      },
    };
  }

  /** Whether a failure was that nothing listens, and something does now. */
  async helps(error: unknown, link: Link, signal: AbortSignal): Promise<boolean> {
    const { clock, config, onFailure } = this.#parts;
    const isSilent = error instanceof ProviderFailure && error.kind === "network" && !signal.aborted;
    const now = clock.monotonic();
    if (!isSilent || config().start === false || now < this.#startAgainAt) return false;
    const baseUrl = addressOf(link.baseUrl);
    if (!isLoopback(new URL(baseUrl).hostname) || this.find() === null) return false;
    try {
      await this.start(baseUrl);
      return !signal.aborted;
    } catch (failure) {
      this.#startAgainAt = now + startAgainMs;
      onFailure(failure);
      return false;
    }
  }

  /** Starts the program for an address of this machine, unless something answers there. Throws a ModelError. */
  async start(baseUrl: string): Promise<void> {
    const { fetch, clock, onChange } = this.#parts;
    const server = new OllamaServer({ baseUrl, key: null, fetch, clock });
    const answers = () =>
      server.version(AbortSignal.timeout(lookMs)).then(
        () => true,
        () => false,
      );
    if (await answers()) return;
    this.#isStarting = true;
    onChange();
    try {
      await this.#program.start(baseUrl, answers);
    } finally {
      this.#isStarting = false;
      onChange();
    }
  }

  /** Stops what was started here. */
  async stop(): Promise<void> {
    await this.#program.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
