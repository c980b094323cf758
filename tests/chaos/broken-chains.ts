import type { Attempt, ChainEvent, Finished } from "../../electron/contract/index.ts";
import type { RunChain } from "./house.ts";

/** The app's own chain with one promise broken, to show that the matrix finds it out. For tests only. */
export const brokenChains = {
  "swallows retractions": (run) =>
    async function* (request, signal) {
      for await (const event of run(request, signal)) if (event.type !== "retracted") yield event;
    },
  "takes a torn answer for whole": (run) =>
    async function* (request, signal) {
      let text = "";
      let torn: Attempt | null = null;
      for await (const event of run(request, signal)) {
        if (event.type === "finished") yield torn ? asWhole(event, text, torn) : event;
        if (torn || event.type === "finished") continue;
        if (event.type === "attempt_failed" && text !== "") torn = event.attempt;
        if (event.type === "delta") text += event.text ?? "";
        yield event;
      }
    },
  "asks everything twice": (run) =>
    async function* (request, signal) {
      for await (const event of run(request, signal)) if (event.type === "finished") break;
      yield* run(request, signal);
    },
  "hides failed attempts": (run) =>
    async function* (request, signal) {
      for await (const event of run(request, signal)) yield withoutFailures(event);
    },
  "gives one person's words to the next": (run) => {
    let other = "";
    return async function* (request, signal) {
      for await (const event of run(request, signal)) {
        if (event.type !== "delta") {
          yield event.type === "finished" ? { ...event, answer: { ...event.answer, text: other } } : event;
          continue;
        }
        const text = event.text ?? "";
        other ||= text;
        yield { ...event, text: other };
      }
    };
  },
  "gives up on a slow reader": (run) =>
    async function* (request, signal) {
      for await (const event of run(request, signal)) {
        const givenAt = performance.now();
        yield event;
        if (performance.now() - givenAt > 1_000) return;
      }
    },
  "takes a last word for a link that is down": (run) =>
    async function* (request, signal) {
      for await (const event of run(request, signal))
        yield event.type === "finished" && event.failure
          ? { ...event, failure: { ...event.failure, code: "all_links_failed" as const } }
          : event;
    },
  "ends without a word": (run) =>
    async function* (request, signal) {
      for await (const event of run(request, signal)) if (event.type !== "finished") yield event;
    },
} satisfies Record<string, (run: RunChain) => RunChain>;

function withoutFailures(event: ChainEvent): ChainEvent {
  if (event.type !== "finished") return event;
  const attempts = event.receipt.attempts.filter(({ outcome }) => outcome === "answered");
  return { ...event, receipt: { ...event.receipt, attempts } };
}

function asWhole(event: Finished, text: string, torn: Attempt): Finished {
  const { link, provider, model, tier } = torn;
  const attempts: Attempt[] = [{ ...torn, outcome: "answered", kind: null }];
  const receipt = { ...event.receipt, link, provider, model, tier, attempts, reason: null };
  return { ...event, receipt, answer: { ...event.answer, text } };
}
