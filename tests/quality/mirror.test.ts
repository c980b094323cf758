import { describe, expect, it } from "vitest";
import { ProviderFailure } from "../../electron/chain/index.ts";
import type { ChatRequest, MirrorConfig } from "../../electron/contract/index.ts";
import { Mirror } from "../../electron/quality/index.ts";
import { type Step, says } from "../fixtures/scripted-provider.ts";
import { all, asking, attemptsOf, cloud, finishedOf, setUp } from "./support.ts";

const three = ["cloud", "backup", "local"];

function mirrored(scripts: Record<string, Step[][]>, links?: Parameters<typeof setUp>[3]) {
  const made = setUp(scripts, {}, {}, links);
  const { chain, parts, never } = made;
  const mirror = new Mirror({
    chain,
    links: () => parts.rules().links,
    notices: parts.notices,
    cache: parts.cache,
  });
  const run = (config: MirrorConfig, request: ChatRequest = asking) =>
    all(mirror.run(request, config, never));
  return { ...made, run };
}
const fails = (): Step[] => [new ProviderFailure("server", "down")];

describe("mirroring", () => {
  it("gives the answer that two links agree on, told from case and punctuation", async () => {
    const { run, endings, kept } = mirrored({ cloud: [says("It is 4.")], backup: [says("it is 4")] });
    const events = await run({});
    const { answer, receipt } = finishedOf(events);
    expect([answer.text, receipt.link]).toEqual(["It is 4.", "cloud"]);
    expect(endings.at(-1)?.disagreement).toBeUndefined();
    expect(kept).toEqual(["It is 4."]);
  });

  it("records the attempts and the cost of all", async () => {
    const { run } = mirrored({ cloud: [says("4")], backup: [says("4")] }, [
      cloud,
      { ...cloud, id: "backup", tier: "backup", priority: 2 },
    ]);
    const events = await run({ policy: "majority" });
    expect(attemptsOf(events).toSorted()).toEqual(["backup answered ", "cloud answered "]);
    expect(finishedOf(events).receipt.cost_usd).toBeCloseTo(2 * 50e-6);
  });

  it("stops waiting at the first agreement", async () => {
    const { run } = mirrored({ cloud: [says("4")], backup: [says("4")], local: [["hang"]] });
    const events = await run({ links: three });
    expect(attemptsOf(events)).toContain("local cancelled cancelled");
  });

  it("gives what most say, where the majority decides", async () => {
    const { run, endings } = mirrored({ cloud: [says("5")], backup: [says("4")], local: [says("4")] });
    const { answer, receipt } = finishedOf(await run({ links: three, policy: "majority" }));
    expect([answer.text, receipt.link]).toEqual(["4", "backup"]);
    expect(endings.at(-1)?.disagreement).toBeUndefined();
  });

  it("gives the first link's answer where none agree, and says what the others say", async () => {
    const { run, endings, kept } = mirrored({ cloud: [says("5")], backup: [says("4")] });
    const { answer } = finishedOf(await run({ policy: "report" }));
    expect(answer.text).toBe("5");
    expect(endings.at(-1)?.disagreement).toEqual({ alone: false, others: "backup: “4”" });
    expect(kept).toEqual([]);
  });

  it("compares JSON by its value", async () => {
    const { run, endings } = mirrored({
      cloud: [says('{"a":1,"b":2}')],
      backup: [says('```json\n{"b":2,"a":1}\n```')],
    });
    await run({ agreement: "json" });
    expect(endings.at(-1)?.disagreement).toBeUndefined();
  });

  it("takes answers for alike that share most words, where similarity decides", async () => {
    const scripts = () => ({
      cloud: [says("the capital of France is Paris")],
      backup: [says("Paris is the capital of France today")],
    });
    const near = mirrored(scripts());
    await near.run({ agreement: "similarity", threshold: 0.8 });
    expect(near.endings.at(-1)?.disagreement).toBeUndefined();
    const far = mirrored(scripts());
    await far.run({ agreement: "similarity", threshold: 0.99 });
    expect(far.endings.at(-1)?.disagreement).toMatchObject({ alone: false });
  });

  it("gives the answer of the one that is left, and says that nothing was compared", async () => {
    const { run, endings } = mirrored({ cloud: [fails()], backup: [says("4")] });
    const { receipt } = finishedOf(await run({}));
    expect([receipt.link, receipt.requested_tier, receipt.reason]).toEqual(["backup", "cloud", "server"]);
    expect(endings.at(-1)?.disagreement).toEqual({ alone: true, others: "" });
  });

  it("goes on along the chain when all of them fail", async () => {
    const { run } = mirrored({ cloud: [fails()], backup: [fails()], local: [says("4")] });
    const events = await run({});
    expect(finishedOf(events).answer.text).toBe("4");
    expect(attemptsOf(events)).toEqual(["cloud failed server", "backup failed server", "local answered "]);
  });

  it("keeps a local-only request on this machine", async () => {
    const { run, provider } = mirrored({ local: [says("4")] });
    const { answer } = finishedOf(await run({ links: three }, { ...asking, local_only: true }));
    expect([answer.text, provider.calls.length]).toEqual(["4", 1]);
  });

  it("shows the first link's words as they come, where it only reports", async () => {
    const { run } = mirrored({ cloud: [says("a", "b")], backup: [says("ab")] });
    const events = await run({ policy: "report" });
    expect(events.flatMap((event) => (event.type === "delta" ? [event.text] : []))).toEqual(["a", "b"]);
  });
});
