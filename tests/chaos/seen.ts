import type { ChainEvent, Receipt } from "../../electron/contract/index.ts";
import type { House } from "./house.ts";
import { questionOf } from "./spoken.ts";

/** How a person asks: over the app's own events, or over the gateway's socket as a stream or at once. */
export type Way = "events" | "stream" | "whole";

/** What a person has in the end. */
export interface Seen {
  way: Way;
  nonce: string;
  /** How the end was told: as a whole answer, as a failure, or not at all. */
  told: "whole" | "failure" | "nothing";
  text: string;
  receipt: Receipt | null;
  failure: { code: string | null; message: string; status: number | null } | null;
  /** The HTTP status and headers, where there were some. */
  http: { status: number; headers: Headers } | null;
  /** Breaches of the way's own form. */
  breaches: string[];
}

/** No request may take longer than this, whatever fails. */
const patienceMs = 90_000;

/** Asks one question and reads to the end. Never throws: a request that breaks off is one that told nothing. */
export async function ask(house: House, way: Way, nonce: string): Promise<Seen> {
  const seen: Seen = {
    way,
    nonce,
    told: "nothing",
    text: "",
    receipt: null,
    failure: null,
    http: null,
    breaches: [],
  };
  const signal = AbortSignal.timeout(patienceMs);
  try {
    if (way === "events") await readEvents(house, seen, signal);
    else await readGateway(house, seen, signal);
  } catch (error) {
    seen.told = "nothing";
    seen.breaches.push(`broke off: ${error instanceof Error ? error.message : String(error)}`);
  }
  return seen;
}

async function readEvents(house: House, seen: Seen, signal: AbortSignal): Promise<void> {
  const request = { messages: [{ role: "user" as const, content: questionOf(seen.nonce) }] };
  for await (const event of house.run(request, signal)) takeEvent(event, seen);
}

function takeEvent(event: ChainEvent, seen: Seen): void {
  if (seen.told !== "nothing") seen.breaches.push(`${event.type} behind finished`);
  switch (event.type) {
    case "delta":
      seen.text += event.text ?? "";
      return;
    case "retracted":
      seen.text = "";
      return;
    case "seam":
      if (event.seam.offset !== seen.text.length) seen.breaches.push("a seam that is not where the text is");
      return;
    case "finished": {
      const { failure, receipt, answer } = event;
      seen.receipt = receipt;
      seen.told = failure ? "failure" : "whole";
      seen.failure = failure && { ...failure };
      if (seen.text !== answer.text) seen.breaches.push("the deltas are not the answer");
      return;
    }
    case "attempt_started":
    case "attempt_failed":
    case "notice":
      return;
    default:
      event satisfies never;
  }
}

async function readGateway(house: House, seen: Seen, signal: AbortSignal): Promise<void> {
  const stream = seen.way === "stream";
  const messages = [{ role: "user", content: questionOf(seen.nonce) }];
  const response = await house.ask({ model: "auto", messages, stream }, signal);
  const body = await response.text();
  seen.http = { status: response.status, headers: response.headers };
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) return readStream(body, seen);
  const json = JSON.parse(body);
  seen.receipt = json.holdfast ?? null;
  if (json.error) {
    seen.told = "failure";
    seen.failure = { code: json.error.code, message: json.error.message, status: response.status };
    if (response.ok) seen.breaches.push("a failure under a good status");
    return;
  }
  if (stream) seen.breaches.push("no stream, though one was asked for");
  seen.told = "whole";
  seen.text = json.choices[0].message.content ?? "";
  if (json.choices[0].finish_reason !== "stop") seen.breaches.push(`finish ${json.choices[0].finish_reason}`);
}

function readStream(body: string, seen: Seen): void {
  let finishes = 0;
  for (const frame of body.split("\n\n").filter(Boolean)) {
    const data = frame.replace(/^data: /, "");
    if (seen.told !== "nothing") seen.breaches.push("an event behind the end of the stream");
    if (data === "[DONE]") {
      seen.told = "whole";
      continue;
    }
    const json = JSON.parse(data);
    seen.receipt = json.holdfast ?? seen.receipt;
    if (json.error) {
      seen.told = "failure";
      seen.failure = { code: json.error.code, message: json.error.message, status: null };
      continue;
    }
    seen.text += json.choices[0]?.delta.content ?? "";
    if (json.choices[0]?.finish_reason) finishes += 1;
  }
  if (seen.told === "whole" && finishes !== 1) seen.breaches.push(`${finishes} finish reasons`);
}
