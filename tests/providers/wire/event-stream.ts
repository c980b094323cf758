import { crc32 } from "node:zlib";
import type { Recording } from "./player.ts";

/** A header whose value is a text: the length of the name, the name, the type 7, the length of the value, the value. */
function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([
    Buffer.from([Buffer.byteLength(name)]),
    Buffer.from(name),
    Buffer.from([7]),
    length,
    Buffer.from(value),
  ]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** One message of Amazon's binary event stream: lengths, a checksum of them, headers, payload, a checksum of it all. */
function message(headers: Readonly<Record<string, string>>, payload: unknown): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)));
  const body = Buffer.from(JSON.stringify(payload));
  const lengths = Buffer.concat([number(16 + head.length + body.length), number(head.length)]);
  const start = Buffer.concat([lengths, number(crc32(lengths)), head, body]);
  return Buffer.concat([start, number(crc32(start))]);
}

/** An event of ConverseStream. */
export const event = (type: string, payload: object): Buffer =>
  message({ ":event-type": type, ":content-type": "application/json", ":message-type": "event" }, payload);

/** An exception in the middle of a ConverseStream. */
export const exception = (type: string, text: string): Buffer =>
  message(
    { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" },
    { message: text },
  );

/** A response that consists of these messages. */
export function eventStream(...messages: readonly Buffer[]): Recording {
  return {
    headers: { "content-type": "application/vnd.amazon.eventstream", "x-amzn-requestid": "req-aws-1" },
    body: Buffer.concat(messages),
  };
}
