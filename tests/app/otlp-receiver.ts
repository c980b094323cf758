import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What was posted to the collector. */
export interface Posted {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** An OpenTelemetry collector on loopback that keeps what it gets. `answers` are its first statuses, then 200; `headers` go with each. */
export async function startReceiver(
  answers: number[] = [],
  headers: Record<string, string> = {},
): Promise<{ url: string; posted: Posted[] }> {
  const posted: Posted[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    posted.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(answers.shift() ?? 200, headers).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posted };
}

/** A message of protobuf as its fields: by number, in their order. Lengths are read as bytes, numbers as big integers. */
type Fields = Map<number, (Buffer | bigint)[]>;

function fieldsOf(bytes: Buffer): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const add = (value: Buffer | bigint) => fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
    switch (key & 7) {
      case 0:
        add(varint());
        break;
      case 1:
        add(bytes.readBigUInt64LE(at));
        at += 8;
        break;
      case 2: {
        const length = Number(varint());
        add(bytes.subarray(at, at + length));
        at += length;
        break;
      }
      case 5:
        add(BigInt(bytes.readUInt32LE(at)));
        at += 4;
        break;
      default:
        throw new Error(`a wire type that OTLP does not use: ${key & 7}`);
    }
  }
  return fields;
}

const inside = (fields: Fields, number: number): Fields[] =>
  (fields.get(number) ?? []).map((bytes) => fieldsOf(bytes as Buffer));
const textIn = (fields: Fields, number: number): string => String(fields.get(number)?.[0] ?? "");

function hexIn(fields: Fields, number: number): string {
  const [bytes = Buffer.alloc(0)] = fields.get(number) ?? [];
  return bytes instanceof Buffer ? bytes.toString("hex") : "";
}
function numberIn(fields: Fields, number: number): bigint {
  const [value = 0n] = fields.get(number) ?? [];
  return typeof value === "bigint" ? value : 0n;
}

/** A value of opentelemetry.proto.common.v1.AnyValue. */
function plainOf(any: Fields): unknown {
  if (any.has(1)) return textIn(any, 1);
  if (any.has(2)) return any.get(2)?.[0] === 1n;
  if (any.has(3)) return Number(any.get(3)?.[0]);
  if (any.has(4)) return doubleOf(any.get(4)?.[0]);
  if (any.has(5)) return inside(any, 5).flatMap((list) => inside(list, 1).map(plainOf));
  return undefined;
}

function doubleOf(bits: unknown): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(bits as bigint);
  return bytes.readDoubleLE();
}

const attributesOf = (fields: Fields, number: number): Record<string, unknown> =>
  Object.fromEntries(
    inside(fields, number).map((pair) => [textIn(pair, 1), inside(pair, 2).map(plainOf)[0]]),
  );

export interface SeenSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentId: string;
  kind: number;
  /** 2 is an error. */
  status: number;
  durationMs: number;
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
}

/** The spans of an ExportTraceServiceRequest (opentelemetry-proto 1.5). */
export function spansOf(body: Buffer): SeenSpan[] {
  return inside(fieldsOf(body), 1).flatMap((perResource) => {
    const [resource] = inside(perResource, 1).map((one) => attributesOf(one, 1));
    return inside(perResource, 2).flatMap((perScope) =>
      inside(perScope, 2).map((span) => ({
        traceId: hexIn(span, 1),
        spanId: hexIn(span, 2),
        parentId: hexIn(span, 4),
        name: textIn(span, 5),
        kind: Number(span.get(6)?.[0] ?? 0),
        durationMs: Number(numberIn(span, 8) - numberIn(span, 7)) / 1e6,
        attributes: attributesOf(span, 9),
        status: Number(inside(span, 15)[0]?.get(3)?.[0] ?? 0),
        resource: resource ?? {},
      })),
    );
  });
}

export interface SeenPoint {
  metric: string;
  unit: string;
  attributes: Record<string, unknown>;
  /** Of a histogram. */
  count: number | null;
  sum: number | null;
}

/** The points of an ExportMetricsServiceRequest: of sums and of histograms. */
export function pointsOf(body: Buffer): SeenPoint[] {
  return inside(fieldsOf(body), 1)
    .flatMap((perResource) => inside(perResource, 2))
    .flatMap((perScope) => inside(perScope, 2))
    .flatMap((metric) => {
      const head = { metric: textIn(metric, 1), unit: textIn(metric, 3) };
      const sums = inside(metric, 7).flatMap((sum) => inside(sum, 1));
      const histograms = inside(metric, 9).flatMap((histogram) => inside(histogram, 1));
      return [
        ...sums.map((point) => ({
          ...head,
          attributes: attributesOf(point, 7),
          count: null,
          sum: point.has(4) ? doubleOf(point.get(4)?.[0]) : Number(point.get(6)?.[0] ?? 0),
        })),
        ...histograms.map((point) => ({
          ...head,
          attributes: attributesOf(point, 9),
          count: Number(point.get(4)?.[0] ?? 0),
          sum: doubleOf(point.get(5)?.[0] ?? 0n),
        })),
      ];
    });
}
