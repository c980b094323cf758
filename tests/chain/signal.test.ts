import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { says } from "../fixtures/scripted-provider.ts";
import { setUp } from "./set-up.ts";

describe("the caller's signal", () => {
  it("is left as it was after every run, so that one signal can serve a program's whole life", async () => {
    const { run, abort } = setUp({ scripts: { first: [says("One."), says("Two.")] } });
    await run();
    await run();
    expect(getEventListeners(abort.signal, "abort")).toEqual([]);
  });
});
