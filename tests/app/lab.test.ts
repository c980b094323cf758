import { createRouterClient } from "@orpc/server";
import { describe, expect, it } from "vitest";
import type { Config, LabStart } from "../../electron/contract/index.ts";
import { startSaying } from "../fixtures/saying-server.ts";
import { folderForTest, startApp } from "./support.ts";

const quiet: Config = { health: { probes: false } };
const prompt = (content: string, over: object = {}) => ({
  messages: [{ role: "user" as const, content }],
  ...over,
});

async function laboratory(says: Record<string, string[]>, dataDir = folderForTest()) {
  const { chain, asked } = await startSaying(says);
  const started = startApp({ ...quiet, fallback_chain: chain }, { dataDir });
  const { lab } = started.app;
  const finish = async (input: LabStart) => {
    const { id } = lab.start(input);
    await lab.ended(id);
    return lab.report(id);
  };
  return { ...started, lab, asked, finish, chain };
}

describe("a lab run", () => {
  it("asks every link every prompt, and says how each did", async () => {
    const { finish } = await laboratory({ cloud: ["It is 4."], local: ["It is 5."] });
    const { run, results } = await finish({
      prompts: [
        prompt("2+2?", { requirements: [{ check: "contains", text: "4" }] }),
        prompt("And once more?", { requirements: [{ check: "contains", text: "4" }] }),
      ],
    });
    expect(run).toMatchObject({ state: "complete", done: 4, total: 4, links: ["cloud", "local"] });
    expect(results).toMatchObject([
      { link: "cloud", tier: "cloud", answered: 2, failed: 0, pass_rate: 1, agreement: null },
      { link: "local", tier: "local", answered: 2, failed: 0, pass_rate: 0 },
    ]);
    expect(results[0]?.cost_usd).toBeCloseTo(2 * 50e-6);
    expect(results[1]?.agreement).toBeCloseTo(2 / 3);
    expect(results[0]?.duration_ms).toBeGreaterThan(0);
  });

  it("never sends a local-only prompt to the cloud, nor lets the cloud judge it", async () => {
    const { finish, asked } = await laboratory({ cloud: ["A"], "local-1": ["one"], "local-2": ["two"] });
    const { run } = await finish({ prompts: [prompt("Secret?", { local_only: true })], judge: "cloud" });
    expect(run).toMatchObject({ state: "complete", done: 2, total: 2 });
    expect(asked.map(({ model }) => model)).toEqual(["local-1", "local-2"]);
  });

  it("takes the questions of conversations, and keeps to the mark that one is given later", async () => {
    const { app, lab, asked } = await laboratory({ cloud: ["c"], local: ["l"] });
    const client = createRouterClient(app.router);
    const { conversation, answer } = await client.chat.send({ conversation_id: null, text: "Well?" });
    for await (const _ of await client.chat.follow({ message_id: answer.id }));
    asked.length = 0;
    await client.conversations.setLocalOnly({ id: conversation.id, local_only: true });
    const { id } = lab.start({ conversations: [conversation.id] });
    await lab.ended(id);
    expect(asked.map(({ model }) => model)).toEqual(["local"]);
    expect(lab.report(id).prompts[0]).toMatchObject({ local_only: true, conversation_id: conversation.id });
  });

  it("keeps what a link could not answer as a result", async () => {
    const { finish } = await laboratory({ cloud: [""] });
    const { run, answers } = await finish({ prompts: [prompt("Hm?")] });
    expect(run.state).toBe("complete");
    expect(answers).toMatchObject([{ text: null, kind: "empty" }]);
  });

  it("goes on after a stop where it was", async () => {
    const dataDir = folderForTest();
    const first = await laboratory({ cloud: ["a"], local: ["b"] }, dataDir);
    const { id } = first.lab.start({ prompts: [prompt("One?"), prompt("Two?")] });
    const runs = first.lab.watch();
    for await (const [run] of runs) if (run && run.done > 0) break;
    await first.close();

    const { app } = startApp({ ...quiet, fallback_chain: first.chain }, { dataDir });
    const before = app.lab.report(id);
    expect(before.run.state).toBe("unfinished");
    expect(before.run.done).toBeGreaterThan(0);
    first.asked.length = 0;
    app.lab.resume(id);
    await app.lab.ended(id);
    expect(app.lab.report(id).run).toMatchObject({ state: "complete", done: 4 });
    const questions = new Map(before.prompts.map(({ id, messages }) => [id, messages[0]?.content]));
    const had = before.answers.map(({ prompt_id, link }) => `${link} ${questions.get(prompt_id)}`);
    const askedAgain = first.asked.map(({ model, messages }) => `${model} ${messages[0]?.content}`);
    expect(askedAgain.filter((one) => had.includes(one))).toEqual([]);
  });

  it("is refused for a link that is not there, and for nothing to ask", async () => {
    const { lab } = await laboratory({ cloud: ["a"] });
    expect(() => lab.start({ prompts: [prompt("?")], links: ["gone"] })).toThrow(
      /no link "gone".*There are: cloud/,
    );
    expect(() => lab.start({ conversations: [] })).toThrow(/nothing to ask/);
  });
});

describe("a vote", () => {
  it("is asked without the links' names, and counts for the link behind the slot", async () => {
    const { finish, lab } = await laboratory({ cloud: ["from the cloud"], local: ["from here"] });
    const { run } = await finish({ prompts: [prompt("Where?"), prompt("Where again?")] });
    const ballot = lab.ballot(run.id);
    expect(ballot).toMatchObject({ question: "Where?", left: 2 });
    expect(JSON.stringify(ballot)).not.toContain('"cloud"');
    const slot = ballot?.answers.find(({ text }) => text === "from here")?.slot ?? -1;
    const next = lab.vote(run.id, ballot?.prompt_id ?? "", slot);
    expect(next).toMatchObject({ question: "Where again?", left: 1 });
    expect(lab.vote(run.id, next?.prompt_id ?? "", null)).toBeNull();
    const report = lab.report(run.id);
    expect(report).toMatchObject({ votes: 2, ties: 1 });
    expect(report.results.map(({ link, wins }) => [link, wins])).toEqual([
      ["cloud", 0],
      ["local", 1],
    ]);
  });

  it("of a judge link counts apart", async () => {
    const { finish } = await laboratory({ cloud: ["x"], local: ["y"], judge: ["A"] });
    const { results, picks } = await finish({
      prompts: [prompt("Which?")],
      links: ["cloud", "local"],
      judge: "judge",
    });
    expect(picks).toMatchObject([{ by: "judge" }]);
    expect(results.reduce((sum, { judge_wins }) => sum + judge_wins, 0)).toBe(1);
    expect(results.every(({ wins }) => wins === 0)).toBe(true);
  });
});

it("a run that is removed is gone", async () => {
  const { finish, lab } = await laboratory({ cloud: ["x"] });
  const { run } = await finish({ prompts: [prompt("?")] });
  await lab.remove(run.id);
  expect(lab.list()).toEqual([]);
  expect(() => lab.report(run.id)).toThrow(/no lab run/);
});
