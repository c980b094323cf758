import type { ChainEvent, Receipt } from "../../../electron/contract/index.ts";
import type { Script } from "./fake-app.ts";
import { attempt, localAttempt, notice, receipt } from "./fixtures.ts";

/** A door that a script waits at until the test opens it. */
export function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

const started = (from: { link: string; model: string }, tier: "cloud" | "backup" | "local"): ChainEvent => ({
  type: "attempt_started",
  link: from.link,
  provider: tier === "local" ? "llama" : "openai",
  model: from.model,
  tier,
  level: "full",
});

const delta = (text: string): ChainEvent => ({ type: "delta", text });

const finished = (text: string, stored: Receipt): ChainEvent => ({
  type: "finished",
  receipt: stored,
  answer: { text, tool_calls: [], finish_reason: "stop" },
  failure: null,
});

/** Words of a text, each with the space after it. */
function words(text: string): string[] {
  return text.match(/\S+\s*/g) ?? [];
}

export const localText =
  "When your connection goes away, Holdfast asks the next link in the chain, and at the end the model on this machine. You get an answer either way, and its badge says who gave it.";

const localReceipt = receipt([localAttempt], {
  requested_tier: "local",
  notices: [
    notice({
      action: { label: "Get a better local model", target: "models" },
      reason: "It has a few million parameters; larger models have thousands of times more.",
    }),
  ],
});

/** The starter model answers. */
export const local: Script = async function* () {
  yield started(localAttempt, "local");
  for (const word of words(localText)) yield delta(word);
  yield finished(localText, localReceipt);
};

/** A door that stands open. */
export function opened() {
  const door = gate();
  door.open();
  return door;
}

/** The first provider answers with this text. */
export function cloud(text: string): Script {
  return async function* () {
    yield started(attempt(), "cloud");
    for (const word of words(text)) yield delta(word);
    yield finished(text, receipt([attempt()]));
  };
}

/** The first provider answers `head`, waits at the door, and goes on with `tail`; a stop ends it at once. */
export function slow(head: string, tail: string, door: { passed: Promise<void> }): Script {
  return async function* (_question, stopped) {
    yield started(attempt(), "cloud");
    yield delta(head);
    const stop = new Promise<"stopped">((resolve) =>
      stopped.addEventListener("abort", () => resolve("stopped"), { once: true }),
    );
    if ((await Promise.race([door.passed, stop])) === "stopped") {
      yield {
        type: "finished",
        receipt: receipt([attempt({ outcome: "cancelled", kind: "cancelled" })]),
        answer: { text: head, tool_calls: [], finish_reason: null },
        failure: {
          code: "cancelled",
          kind: "cancelled",
          status: null,
          message: "Stopped.",
          retry_after_ms: null,
        },
      };
      return;
    }
    yield delta(tail);
    yield finished(head + tail, receipt([attempt()]));
  };
}

const overloaded = attempt({
  outcome: "failed",
  kind: "overloaded",
  message: "The server is overloaded. Please try again later.",
  status: 503,
  first_token_ms: null,
  duration_ms: 210,
  usage: null,
  cost_usd: null,
});
const rejected = attempt({
  link: "second",
  provider: "anthropic",
  model: "claude-sonnet-5",
  tier: "backup",
  outcome: "failed",
  kind: "auth",
  message: "invalid x-api-key",
  status: 401,
  started_at: "2026-03-02T09:15:01.215Z",
  first_token_ms: null,
  duration_ms: 130,
  usage: null,
  cost_usd: null,
});
const afterBoth = { ...localAttempt, started_at: "2026-03-02T09:15:01.350Z" };

/** Two providers fail, and the local model answers. */
export const fallThrough: Script = async function* () {
  yield started(overloaded, "cloud");
  yield { type: "attempt_failed", attempt: overloaded };
  yield started(rejected, "backup");
  yield { type: "attempt_failed", attempt: rejected };
  yield started(localAttempt, "local");
  for (const word of words(localText)) yield delta(word);
  yield finished(
    localText,
    receipt([overloaded, rejected, afterBoth], {
      level: "minimal",
      reason: "overloaded",
      notices: [
        notice({
          code: "key_rejected",
          severity: "warning",
          text: "The key of second was rejected.",
          reason: "Anthropic answered 401: invalid x-api-key.",
          action: { label: "Mend the key", target: "settings", link: "second" },
        }),
        notice({
          code: "local_used",
          text: "A model on this machine answered, because no provider could.",
          reason: "primary is overloaded, and the key of second was rejected.",
        }),
        notice({ action: { label: "Get a better local model", target: "models" } }),
      ],
    }),
  );
};

/** The first provider answers `head` and breaks off at one door; the second answers `whole` after the other. */
export function brokenOff(
  head: string,
  whole: string,
  doors: { breaks: { passed: Promise<void> }; again: { passed: Promise<void> } },
): Script {
  const broken = attempt({
    outcome: "failed",
    kind: "truncated",
    message: "The stream ended without a finish.",
    usage: null,
    cost_usd: null,
  });
  const second = attempt({
    link: "second",
    provider: "anthropic",
    model: "claude-sonnet-5",
    tier: "backup",
    started_at: "2026-03-02T09:15:02.900Z",
  });
  return async function* () {
    yield started(broken, "cloud");
    yield delta(head);
    await doors.breaks.passed;
    yield { type: "attempt_failed", attempt: broken };
    yield { type: "retracted", link: broken.link, kind: "truncated" };
    yield started(second, "backup");
    await doors.again.passed;
    for (const word of words(whole)) yield delta(word);
    yield finished(
      whole,
      receipt([broken, second], {
        reason: "truncated",
        notices: [
          notice({
            code: "backup_used",
            text: "second answered instead of primary.",
            reason: "primary broke off.",
          }),
        ],
      }),
    );
  };
}

/** The first provider answers `head` and breaks off at one door; the second goes on with `tail` and ends at the other. */
export function continued(
  head: string,
  tail: string,
  doors: { breaks: { passed: Promise<void> }; ends: { passed: Promise<void> } },
): Script {
  const broken = attempt({
    outcome: "failed",
    kind: "timeout_idle",
    message: "Nothing came for 10 s.",
    usage: null,
  });
  const second = attempt({
    link: "second",
    provider: "anthropic",
    model: "claude-sonnet-5",
    tier: "backup",
    started_at: "2026-03-02T09:15:02.900Z",
  });
  const seam = { offset: head.length, link: "second" };
  return async function* () {
    yield started(broken, "cloud");
    yield delta(head);
    await doors.breaks.passed;
    yield { type: "attempt_failed", attempt: broken };
    yield started(second, "backup");
    yield { type: "seam", seam };
    for (const word of words(tail)) yield delta(word);
    await doors.ends.passed;
    yield finished(
      head + tail,
      receipt([broken, second], {
        reason: "timeout_idle",
        seams: [seam],
        notices: [
          notice({
            code: "answer_continued",
            text: "primary broke off in the middle; second went on from there.",
          }),
          notice({ code: "history_trimmed", severity: "warning", text: "The oldest part was left out." }),
        ],
      }),
    );
  };
}

/** One link is passed over, the first provider is slow, and the second, asked as well, is faster. */
export const hedged: Script = async function* () {
  const text = "High water comes twice a day.";
  const skipped = attempt({
    link: "zeroth",
    outcome: "skipped",
    kind: "overloaded",
    message: "It failed 5 times in a row and is left alone for 30 s.",
    status: null,
    first_token_ms: null,
    duration_ms: 0,
    usage: null,
    cost_usd: null,
  });
  const slower = attempt({ outcome: "cancelled", kind: "cancelled", first_token_ms: null, duration_ms: 900 });
  const faster = attempt({
    link: "second",
    provider: "anthropic",
    model: "claude-sonnet-5",
    tier: "backup",
    started_at: "2026-03-02T09:15:01.600Z",
  });
  yield started(slower, "cloud");
  yield started(faster, "backup");
  yield { type: "attempt_failed", attempt: slower };
  yield delta(text);
  yield finished(text, receipt([skipped, slower, faster], { reason: "overloaded" }));
};

/** The first provider is late, and the second is asked as well; nothing more until the door opens, and then the end. */
export function hedging(door: { passed: Promise<void> }): Script {
  return async function* () {
    const second = attempt({ link: "second", model: "claude-sonnet-5", tier: "backup" });
    yield started(attempt(), "cloud");
    yield started(second, "backup");
    await door.passed;
    yield finished("High water.", receipt([attempt({ outcome: "cancelled", kind: "cancelled" }), second]));
  };
}

const unreachable = attempt({
  outcome: "failed",
  kind: "network",
  message: "connect ECONNREFUSED 127.0.0.1:9",
  status: null,
  request_id: null,
  connect_ms: null,
  first_token_ms: null,
  duration_ms: 4,
  usage: null,
  cost_usd: null,
});

/** Nothing can answer. */
export const offline: Script = async function* () {
  yield started(unreachable, "cloud");
  yield { type: "attempt_failed", attempt: unreachable };
  yield {
    type: "finished",
    receipt: receipt([unreachable], {
      tier: "offline",
      link: null,
      provider: null,
      model: null,
      level: "offline",
      reason: "network",
      notices: [
        notice({
          code: "offline",
          severity: "error",
          text: "Nothing could answer just now.",
          reason: "primary could not be reached, and there is no model on this machine.",
          action: { label: "Ask again", target: "retry" },
        }),
      ],
    }),
    answer: {
      text: "I can't answer at the moment: no provider can be reached.",
      tool_calls: [],
      finish_reason: null,
    },
    failure: {
      code: "all_links_failed",
      kind: "network",
      status: null,
      message: "No link could answer.",
      retry_after_ms: 60_000,
    },
  };
};
