import { type Clock, estimatedTokensOf, type Provider } from "../chain/index.ts";
import { durationMs, type StandIn, textOf } from "../contract/index.ts";
import { pause } from "./pause.ts";

const plainAnswer =
  "This is the answer of a stand-in, which is asked in place of a real model while a drill runs.";

/** A provider that says the same to every question, word by word, and reaches nothing: it costs nothing and needs no network. */
export function standInProvider(script: StandIn, clock: Clock): Provider {
  const { answer = plainAnswer, first_token = "40ms", between = "5ms" } = script;
  const pieces = answer.match(/\s*\S+\s*$|\s*\S+/g) ?? [answer];
  return {
    async *stream(request, link, signal) {
      yield { type: "connected" };
      yield { type: "head", status: 200, requestId: null };
      const prefill = request.prefill ?? "";
      const said = answer.startsWith(prefill) ? prefill.length : 0;
      let at = 0;
      let wait = durationMs(first_token);
      for (const piece of pieces) {
        const text = piece.slice(Math.max(0, said - at));
        at += piece.length;
        if (text === "") continue;
        await pause(wait, clock, signal);
        wait = durationMs(between);
        yield { type: "delta", text };
      }
      const asked = request.messages.map(textOf).join("\n");
      const usage = { input_tokens: estimatedTokensOf(asked), output_tokens: estimatedTokensOf(answer) };
      yield { type: "finish", reason: "stop", model: link.model, usage };
    },
  };
}
