import type { Clock } from "../chain/index.ts";

export interface OtlpSenderParts {
  url: string;
  headers: Readonly<Record<string, string>>;
  clock: Clock;
  fetch: typeof fetch;
  onTrouble(text: string): void;
}

/** What an OpenTelemetry exporter is told of its export: 0 for success, 1 for failure. */
export interface ExportResult {
  code: number;
  error?: Error;
}

/** How long one try may take, milliseconds. */
const tryMs = 10_000;
/** How long to wait before the second and the third try, milliseconds. */
const waitsMs = [1_000, 2_000];
/** What the protocol says may be tried again (OTLP 1.5, "Retryable Response Codes"). */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Sends batches in OpenTelemetry's protocol over HTTP, as protobuf, through the app's own door to the network. */
export class OtlpSender<Batch> {
  readonly #parts: OtlpSenderParts;
  readonly #serialize: (batch: Batch) => Uint8Array | undefined;
  #isEnding = false;
  #isInTrouble = false;
  readonly #sending = new Set<Promise<void>>();

  constructor(parts: OtlpSenderParts, serialize: (batch: Batch) => Uint8Array | undefined) {
    this.#parts = parts;
    this.#serialize = serialize;
  }

  export(batch: Batch, done: (result: ExportResult) => void): void {
    const sending = this.#send(batch).then(
      () => {
        this.#isInTrouble = false;
        done({ code: 0 });
      },
      (error: Error) => {
        const text = `Telemetry does not get through to ${this.#parts.url}: ${error.message}.`;
        if (!this.#isInTrouble) this.#parts.onTrouble(text);
        this.#isInTrouble = true;
        done({ code: 1, error });
      },
    );
    this.#sending.add(sending);
    void sending.finally(() => this.#sending.delete(sending));
  }

  /** Waits for what is under way. */
  async forceFlush(): Promise<void> {
    await Promise.all(this.#sending);
  }

  /** From now on nothing is tried twice. */
  async shutdown(): Promise<void> {
    this.#isEnding = true;
    await this.forceFlush();
  }

  /** The program is about to end: who can't take it now does not get it. */
  hurry(): void {
    this.#isEnding = true;
  }

  async #send(batch: Batch): Promise<void> {
    const body = this.#serialize(batch);
    if (body === undefined) return;
    for (let tried = 0; ; tried += 1) {
      const failure = await this.#try(body);
      if (failure === null) return;
      const waitMs = waitsMs[tried];
      if (!failure.mayPass || waitMs === undefined || this.#isEnding) throw new Error(failure.text);
      await new Promise<void>((resolve) => this.#parts.clock.after(waitMs, resolve));
    }
  }

  async #try(body: Uint8Array): Promise<{ text: string; mayPass: boolean } | null> {
    const { url, headers, fetch } = this.#parts;
    try {
      const reply = await fetch(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/x-protobuf" },
        body: Buffer.from(body),
        // The headers hold the collector's key, and are for the address that the operator named alone.
        redirect: "error",
        signal: AbortSignal.timeout(tryMs),
      });
      await reply.body?.cancel();
      if (reply.ok) return null;
      return { text: `it answered ${reply.status}`, mayPass: retryable.has(reply.status) };
    } catch (error) {
      const { message, cause } = error as Error;
      const why = cause instanceof Error ? ` (${"code" in cause ? cause.code : cause.message})` : "";
      return { text: `${message}${why}`, mayPass: true };
    }
  }
}
