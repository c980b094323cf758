import type { Clock } from "../chain/index.ts";
import {
  type ChainEvent,
  type ChatRequest,
  type DrillAnswer,
  type DrillRequests,
  durationMs,
} from "../contract/index.ts";
import { pause } from "./pause.ts";

export interface SendParts {
  clock: Clock;
  run(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChainEvent>;
  /** On the clock's monotonic time. */
  startedAt: number;
  signal: AbortSignal;
  onAnswer(answer: Omit<DrillAnswer, "n">): void;
}

/** Sends a group's requests, at its rate and within its bound; ends when all have ended. Rejects when the signal aborts. */
export async function send(group: DrillRequests, parts: SendParts): Promise<void> {
  const { clock, signal, startedAt } = parts;
  const { prompts, count, every, from = "0s" } = group;
  const atOnce = group.at_once ?? (every === undefined ? 1 : 64);
  const beginMs = durationMs(from);
  const everyMs = every === undefined ? 0 : durationMs(every);
  const running = new Set<Promise<void>>();
  for (let index = 0; index < count; index++) {
    const dueMs = startedAt + beginMs + index * everyMs - clock.monotonic();
    if (dueMs > 0) await pause(dueMs, clock, signal);
    while (running.size >= atOnce) await Promise.race(running);
    signal.throwIfAborted();
    const asked = ask(group, prompts[index % prompts.length] as string, parts).then(parts.onAnswer);
    const settled: Promise<void> = asked.finally(() => running.delete(settled));
    running.add(settled);
  }
  await Promise.all(running);
}

/** One request, read as a client reads it. Never rejects: what goes wrong is in the answer. */
async function ask(group: DrillRequests, prompt: string, parts: SendParts): Promise<Omit<DrillAnswer, "n">> {
  const { clock, run, signal, startedAt } = parts;
  const sentAt = clock.monotonic();
  const sinceMs = () => clock.monotonic() - sentAt;
  let read = "";
  let firstTokenMs: number | null = null;
  const lost = (failure: string): Omit<DrillAnswer, "n"> => ({
    group: group.name ?? null,
    prompt,
    at_ms: sentAt - startedAt,
    tier: null,
    level: null,
    link: null,
    attempts: [],
    notices: [],
    first_token_ms: firstTokenMs,
    duration_ms: sinceMs(),
    whole: false,
    text: read,
    failure,
    cost_usd: null,
  });
  try {
    for await (const event of run(requestOf(group, prompt), signal)) {
      if (event.type === "retracted") read = "";
      if (event.type === "delta" && event.text) {
        firstTokenMs ??= sinceMs();
        read += event.text;
      }
      if (event.type !== "finished") continue;
      const { receipt, answer, failure } = event;
      const isAsSent = group.stream === false || read === answer.text;
      return {
        ...lost(failure?.message ?? ""),
        tier: receipt.tier,
        level: receipt.level,
        link: receipt.link,
        attempts: receipt.attempts.map(({ link, outcome, kind }) => ({ link, outcome, kind })),
        notices: receipt.notices.map(({ code }) => code),
        whole: failure === null && answer.text !== "" && isAsSent,
        text: answer.text,
        failure: failure?.message ?? null,
        cost_usd: receipt.cost_usd,
      };
    }
    return lost("It ended without a word of how.");
  } catch (error) {
    return lost(error instanceof Error ? error.message : String(error));
  }
}

function requestOf(group: DrillRequests, prompt: string): ChatRequest {
  const { stream, max_tokens, local_only, level, deadline, requirements } = group;
  return {
    messages: [{ role: "user", content: prompt }],
    ...(stream === false && { hold: true }),
    ...(max_tokens !== undefined && { max_tokens }),
    ...(local_only !== undefined && { local_only }),
    ...(level !== undefined && { level }),
    ...(deadline !== undefined && { deadline_ms: durationMs(deadline) }),
    ...(requirements !== undefined && { requirements }),
  };
}
