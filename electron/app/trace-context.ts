import { randomBytes } from "node:crypto";

/** Where a request stands in a trace (W3C Trace Context): ids in hex, 32 and 16 digits. */
export interface TraceContext {
  traceId: string;
  /** The request's own span. */
  spanId: string;
  /** The caller's span; null when the trace begins here. */
  parentId: string | null;
  /** Whether the trace is kept; a caller decides that for all that follows. */
  sampled: boolean;
}

const header = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const sampledFlag = 1;

/** The place of a request in its caller's trace; null when the header is none that can be understood (W3C Trace Context, 3.2). */
export function traceOf(traceparent: string | undefined): TraceContext | null {
  const [, version, traceId = "", parentId = "", flags = "", more] = header.exec(traceparent ?? "") ?? [];
  const isKnown = version !== undefined && version !== "ff" && (version !== "00" || more === undefined);
  if (!isKnown || /^0+$/.test(traceId) || /^0+$/.test(parentId)) return null;
  const sampled = (Number.parseInt(flags, 16) & sampledFlag) === sampledFlag;
  return { traceId, parentId, spanId: newSpanId(), sampled };
}

/** The beginning of a trace. */
export const newTrace = (): TraceContext => ({
  traceId: randomBytes(16).toString("hex"),
  spanId: newSpanId(),
  parentId: null,
  sampled: true,
});

const newSpanId = (): string => randomBytes(8).toString("hex");
