import type { Clock } from "../chain/index.ts";
import { type Config, durationMs } from "../contract/index.ts";
import type { EndedRun } from "./ended-run.ts";
import type { Otel } from "./otel.ts";

export interface TelemetryParts {
  config: Config["telemetry"];
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  clock: Clock;
  fetch: typeof fetch;
  /** Told once, in words for the operator, when nothing gets through to the collector, until something does again. */
  onTrouble(text: string): void;
}

/** Where telemetry goes, as config and OpenTelemetry's own variables say. */
export interface TelemetryTarget {
  /** The collector's address; `/v1/traces` and `/v1/metrics` are added to it. */
  otlp: string;
  headers: Record<string, string>;
  /** What this program is, `service.name` included. */
  resource: Record<string, string>;
  intervalMs: number;
}

/** Null where no collector is named. */
export function telemetryTarget({ config = {}, env, version }: TelemetryParts): TelemetryTarget | null {
  const otlp = config.otlp ?? env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim();
  if (!otlp || env.OTEL_SDK_DISABLED === "true") return null;
  return {
    otlp: otlp.replace(/\/+$/, ""),
    headers: pairsOf(env.OTEL_EXPORTER_OTLP_HEADERS),
    resource: {
      ...pairsOf(env.OTEL_RESOURCE_ATTRIBUTES),
      "service.name": config.service_name ?? env.OTEL_SERVICE_NAME ?? "holdfast",
      "service.version": version,
    },
    intervalMs: durationMs(config.interval ?? "60s"),
  };
}

/** `a=1,b=two%20words` as OpenTelemetry's variables are written. */
function pairsOf(text = ""): Record<string, string> {
  const pairs = text.split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    return at < 1 || name === "" ? [] : [[name, decoded(pair.slice(at + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Traces and metrics in OpenTelemetry's protocol. Its packages are loaded only when there is a collector; until they are, requests that
 * ended wait for them.
 */
export class Telemetry implements AsyncDisposable {
  /** Null where it could not begin. */
  readonly #otel: Promise<Otel | null>;

  private constructor(target: TelemetryTarget, parts: TelemetryParts) {
    this.#otel = import("./otel.ts")
      .then(({ startOtel }) => startOtel(target, parts))
      .catch((error: Error) => {
        parts.onTrouble(`Telemetry can't be sent: ${error.message}.`);
        return null;
      });
  }

  /** Null where no collector is named. */
  static start(parts: TelemetryParts): Telemetry | null {
    const target = telemetryTarget(parts);
    return target && new Telemetry(target, parts);
  }

  record(run: EndedRun): void {
    void this.#otel.then((otel) => otel?.record(run));
  }

  /** Sends what is not sent yet, as far as the collector takes it now. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#otel)?.[Symbol.asyncDispose]();
  }
}
