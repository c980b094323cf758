import { expect, it } from "vitest";
import type { Step } from "../fixtures/scripted-provider.ts";
import { asking, finishedOf, setUp } from "./set-up.ts";

const usage = { input_tokens: 1, output_tokens: 1 };

it("writes into the receipt what the answering provider could not be told", async () => {
  const broken: Step[] = [
    { type: "connected" },
    { type: "head", status: 200, requestId: null, dropped: ["stop"] },
  ];
  const whole: Step[] = [
    { type: "connected" },
    { type: "head", status: 200, requestId: null, dropped: ["seed", "temperature"] },
    { type: "delta", text: "Yes." },
    { type: "finish", reason: "stop", model: null, usage },
  ];
  const { run } = setUp({ scripts: { first: [broken], second: [whole] } });
  const { receipt } = finishedOf(await run({ ...asking, seed: 7, temperature: 0.2 }));
  expect(receipt.dropped).toEqual(["seed", "temperature"]);
});
