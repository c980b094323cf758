import {
  type Attributes,
  type Histogram,
  type MeterProvider as Meters,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { ProtobufMetricsSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import {
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Attempt } from "../contract/index.ts";
import type { EndedRun } from "./ended-run.ts";
import * as genAi from "./gen-ai.ts";
import { OtlpSender } from "./otlp-sender.ts";
import type { TelemetryParts, TelemetryTarget } from "./telemetry.ts";
import type { TraceContext } from "./trace-context.ts";

/** Traces and metrics on their way to a collector. */
export interface Otel extends AsyncDisposable {
  /** A request that ended: its span, one for each attempt below it, and their numbers. */
  record(run: EndedRun): void;
}

/** How long the end of the program waits for the collector, milliseconds. */
const endMs = 2_000;
const scope = "holdfast";

/** Begins to send to this collector. */
export function startOtel(target: TelemetryTarget, parts: TelemetryParts): Otel {
  const resource = resourceFromAttributes(target.resource);
  const sender = <Batch>(path: string, serialize: (batch: Batch) => Uint8Array | undefined) =>
    new OtlpSender<Batch>({ ...parts, url: `${target.otlp}${path}`, headers: target.headers }, serialize);
  const spans = sender("/v1/traces", ProtobufTraceSerializer.serializeRequest.bind(ProtobufTraceSerializer));
  const numbers = sender(
    "/v1/metrics",
    ProtobufMetricsSerializer.serializeRequest.bind(ProtobufMetricsSerializer),
  );
  const ids = new GivenIds();
  const tracing = new TracerProvider({
    resource,
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor({ exporter: spans })],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: numbers,
    exportIntervalMillis: target.intervalMs,
    exportTimeoutMillis: Math.min(target.intervalMs, 30_000),
  });
  const measuring = new MeterProvider({ resource, readers: [reader] });
  const tracer = tracing.getTracer(scope, parts.version);
  const measures = new Measures(measuring);
  return {
    record(run) {
      recordSpans(run, tracer, ids);
      measures.record(run);
    },
    async [Symbol.asyncDispose]() {
      spans.hurry();
      numbers.hurry();
      const sent = Promise.allSettled([tracing.shutdown(), measuring.shutdown()]);
      let cancel = () => {};
      const late = new Promise<void>((resolve) => {
        cancel = parts.clock.after(endMs, resolve);
      });
      await Promise.race([sent, late]);
      cancel();
    },
  };
}

/** Random ids, but for the span whose ids were given out before OpenTelemetry was loaded. */
class GivenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #given: TraceContext | null = null;

  /** Makes a span with these ids. */
  with(given: TraceContext | null, make: () => Span): Span {
    this.#given = given;
    try {
      return make();
    } finally {
      this.#given = null;
    }
  }

  generateTraceId(): string {
    return this.#given?.traceId ?? this.#random.generateTraceId();
  }

  generateSpanId(): string {
    return this.#given?.spanId ?? this.#random.generateSpanId();
  }
}

function recordSpans(run: EndedRun, tracer: Tracer, ids: GivenIds): void {
  const { trace: place, startedAt, durationMs, finished } = run;
  const span = ids.with(place, () =>
    tracer.startSpan(
      "holdfast request",
      {
        kind: run.purpose === "answer" ? SpanKind.SERVER : SpanKind.INTERNAL,
        startTime: startedAt,
        attributes: genAi.requestAttributes(run),
      },
      parentOf(place),
    ),
  );
  const inside = trace.setSpan(ROOT_CONTEXT, span);
  for (const attempt of run.attempts) {
    const begin = Date.parse(attempt.started_at);
    const child = tracer.startSpan(
      `chat ${attempt.model}`,
      { kind: SpanKind.CLIENT, startTime: begin, attributes: genAi.attemptAttributes(attempt, run) },
      inside,
    );
    if (attempt.outcome === "failed") child.setStatus({ code: SpanStatusCode.ERROR });
    child.end(begin + attempt.duration_ms);
  }
  const failure = finished?.failure;
  if (failure && failure.code !== "cancelled") span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(startedAt + durationMs);
}

/** The caller's span, as the context that the request's own begins in. */
function parentOf(place: TraceContext | null) {
  if (place === null || place.parentId === null) return ROOT_CONTEXT;
  const traceFlags = place.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const caller = { traceId: place.traceId, spanId: place.parentId, traceFlags, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, caller);
}

/** The numbers that OpenTelemetry's conventions name, and those of Holdfast's own that have no name there. */
class Measures {
  readonly #duration: Histogram;
  readonly #tokens: Histogram;
  readonly #firstChunk: Histogram;
  readonly #requests;
  readonly #cost;

  constructor(meters: Meters) {
    const meter = meters.getMeter(scope);
    const histogram = ({ name, ...options }: genAi.HistogramOptions) => {
      const { explicitBucketBoundaries, ...rest } = options;
      return meter.createHistogram(name, { ...rest, advice: { explicitBucketBoundaries } });
    };
    this.#duration = histogram(genAi.operationDuration);
    this.#tokens = histogram(genAi.tokenUsage);
    this.#firstChunk = histogram(genAi.timeToFirstChunk);
    this.#requests = meter.createCounter("holdfast.requests", {
      description: "Requests that ended, by the tier that was asked for and the one that answered.",
      unit: "{request}",
    });
    this.#cost = meter.createCounter("holdfast.cost", {
      description: "What attempts cost.",
      unit: "USD",
    });
  }

  record(run: EndedRun): void {
    for (const attempt of run.attempts) if (attempt.outcome !== "skipped") this.#attempt(attempt);
    const receipt = run.finished?.receipt;
    if (!receipt) return;
    const { requested_tier, tier } = receipt;
    this.#requests.add(1, {
      "holdfast.requested_tier": requested_tier,
      "holdfast.tier": tier,
      "holdfast.purpose": run.purpose,
    });
  }

  #attempt(attempt: Attempt): void {
    const labels: Attributes = genAi.metricLabels(attempt);
    const error = genAi.errorType(attempt);
    this.#duration.record(attempt.duration_ms / 1_000, { ...labels, ...error });
    if (attempt.first_token_ms !== null) this.#firstChunk.record(attempt.first_token_ms / 1_000, labels);
    if (attempt.usage) {
      this.#tokens.record(attempt.usage.input_tokens, { ...labels, ...genAi.tokenType("input") });
      this.#tokens.record(attempt.usage.output_tokens, { ...labels, ...genAi.tokenType("output") });
    }
    if (attempt.cost_usd !== null) this.#cost.add(attempt.cost_usd, { "holdfast.link": attempt.link });
  }
}
