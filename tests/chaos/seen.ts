import { setTimeout as wait } from "node:timers/promises";
import type { ChainEvent, ChatRequest, Receipt, ToolCallDelta } from "../../electron/contract/index.ts";
import type { Asked } from "./faults.ts";
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
  calls: { name: string; arguments: string }[];
  thoughts: string;
  receipt: Receipt | null;
  failure: { code: string | null; message: string; status: number | null } | null;
  /** The HTTP status and headers, where there were some. */
  http: { status: number; headers: Headers } | null;
  /** Breaches of the way's own form. */
  breaches: string[];
}

/** What a person asks, and how they read. */
export interface Asking {
  way: Way;
  nonce: string;
  asks: Asked | undefined;
  readsSlowly: boolean;
}

/** A slow reader's pause behind the first piece of an answer; longer than the link may be silent. */
const pauseMs = 3_000;

const schema = { type: "object", properties: { words: { type: "string" } }, required: ["words"] };

/** No request may take longer than this, whatever fails. */
const patienceMs = 90_000;

/** Asks one question and reads to the end. Never throws: a request that breaks off is one that told nothing. */
export async function ask(house: House, asking: Asking): Promise<Seen> {
  const { way, nonce } = asking;
  const seen: Seen = {
    way,
    nonce,
    told: "nothing",
    text: "",
    calls: [],
    thoughts: "",
    receipt: null,
    failure: null,
    http: null,
    breaches: [],
  };
  const signal = AbortSignal.timeout(patienceMs);
  try {
    if (way === "events") await readEvents(house, seen, asking, signal);
    else await readGateway(house, seen, asking, signal);
  } catch (error) {
    seen.told = "nothing";
    seen.breaches.push(`broke off: ${error instanceof Error ? error.message : String(error)}`);
  }
  return seen;
}

async function readEvents(house: House, seen: Seen, asking: Asking, signal: AbortSignal): Promise<void> {
  const { nonce, asks, readsSlowly } = asking;
  const request: ChatRequest = {
    messages: [{ role: "user", content: questionOf(nonce) }],
    ...(asks === "tool" && { tools: [{ name: "say", parameters: schema }] }),
    ...(asks === "json" && { response_format: { type: "json_schema", name: "words", schema } }),
  };
  let rested = !readsSlowly;
  for await (const event of house.run(request, signal)) {
    takeEvent(event, seen);
    if (rested || event.type !== "delta") continue;
    rested = true;
    await wait(pauseMs);
  }
}

function takeEvent(event: ChainEvent, seen: Seen): void {
  if (seen.told !== "nothing") seen.breaches.push(`${event.type} behind finished`);
  switch (event.type) {
    case "delta":
      seen.text += event.text ?? "";
      seen.thoughts += event.reasoning ?? "";
      if (event.tool_call) takeCall(event.tool_call, seen);
      return;
    case "retracted":
      seen.text = "";
      seen.calls = [];
      seen.thoughts = "";
      return;
    case "seam":
      if (event.seam.offset !== seen.text.length) seen.breaches.push("a seam that is not where the text is");
      return;
    case "finished": {
      const { failure, receipt, answer } = event;
      seen.receipt = receipt;
      seen.told = failure ? "failure" : "whole";
      seen.failure = failure && { ...failure };
      const called = answer.tool_calls.map(({ name, arguments: json }) => ({ name, arguments: json }));
      if (seen.text !== answer.text || JSON.stringify(seen.calls) !== JSON.stringify(called))
        seen.breaches.push("the deltas are not the answer");
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

/** A piece of a tool call. */
function takeCall(piece: ToolCallDelta, { calls }: Seen): void {
  calls[piece.index] ??= { name: "", arguments: "" };
  const call = calls[piece.index] as Seen["calls"][number];
  call.name ||= piece.name ?? "";
  call.arguments += piece.arguments ?? "";
}

async function readGateway(house: House, seen: Seen, asking: Asking, signal: AbortSignal): Promise<void> {
  const { way, nonce, asks, readsSlowly } = asking;
  const stream = way === "stream";
  const request = {
    model: "auto",
    messages: [{ role: "user", content: questionOf(nonce) }],
    stream,
    ...(asks === "tool" && { tools: [{ type: "function", function: { name: "say", parameters: schema } }] }),
    ...(asks === "json" && {
      response_format: { type: "json_schema", json_schema: { name: "words", schema } },
    }),
  };
  const response = await house.ask(request, signal);
  const body = readsSlowly ? await slowText(response) : await response.text();
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
  const { message, finish_reason: finish } = json.choices[0];
  seen.text = message.content ?? "";
  seen.calls = (message.tool_calls ?? []).map((call: { function: Seen["calls"][number] }) => call.function);
  if (finish !== (seen.calls.length > 0 ? "tool_calls" : "stop")) seen.breaches.push(`finish ${finish}`);
}

/** The text of a response whose reader rests behind the first of it. */
async function slowText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body ?? []) {
    if (text === "") await wait(pauseMs);
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
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
    const delta = json.choices[0]?.delta ?? {};
    seen.text += delta.content ?? "";
    seen.thoughts += delta.reasoning_content ?? "";
    for (const { index, function: piece } of delta.tool_calls ?? []) takeCall({ index, ...piece }, seen);
    if (json.choices[0]?.finish_reason) finishes += 1;
  }
  if (seen.told === "whole" && finishes !== 1) seen.breaches.push(`${finishes} finish reasons`);
}
