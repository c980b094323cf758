import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, it } from "vitest";
import { collect } from "../../electron/chain/index.ts";
import { forkEngine } from "../../electron/engine/index.ts";
import { startSaying } from "../fixtures/saying-server.ts";
import { startApp } from "./support.ts";

const childEntry = join(import.meta.dirname, "../../electron/engine/child.ts");
const question = "How do I boil an egg so that the yolk stays soft?";

/** An app at the level `cached` whose link would answer, and which has one answer kept. */
async function setUp() {
  const { chain, asked } = await startSaying({ first: ["Six minutes, then cold water."] });
  const { app } = startApp({ fallback_chain: chain }, { spawnEngine: () => forkEngine(childEntry) });
  const client = createRouterClient(app.router);
  const ask = (content: string) =>
    collect(app.run({ messages: [{ role: "user", content }] }, new AbortController().signal));
  await ask(question);
  await expect.poll(async () => (await client.cache.stats()).waiting, { timeout: 30_000 }).toBe(0);
  asked.length = 0;
  await client.level.set({ level: "cached" });
  return { client, ask, asked };
}

it("answers from the cache alone, with the question then, similarity, age and look-up, and asks no link", async () => {
  const { client, ask, asked } = await setUp();
  const { answer, receipt } = await ask("How do I boil an egg so the yolk stays soft?");
  expect(answer.text).toBe("Six minutes, then cold water.");
  expect(receipt).toMatchObject({
    tier: "cache",
    level: "cached",
    attempts: [],
    original_question: question,
    similarity: expect.closeTo(0.98, 1),
    age_s: expect.any(Number),
    notices: [expect.objectContaining({ code: "cached_answer", text: expect.stringContaining(question) })],
  });
  const lookup = receipt.cache?.lookup ?? "";
  expect(await client.cache.lookup({ id: lookup })).toMatchObject({ outcome: "same", said: null });
  await client.cache.say({ lookup, same: false });
  await expect(ask("How do I boil an egg so the yolk stays soft?")).rejects.toThrow();
  expect(asked).toEqual([]);
}, 60_000);

it("says honestly that there is no answer, and asks no link for a look-alike either", async () => {
  const { client, ask, asked } = await setUp();
  const lookAlike = "How do I boil an egg so that the yolk does not stay soft?";
  await expect(ask(lookAlike)).rejects.toMatchObject({
    name: "AllLinksFailed",
    receipt: { tier: "offline", attempts: [], notices: [{ code: "offline" }] },
  });
  await expect(ask("Who painted the Night Watch?")).rejects.toMatchObject({ name: "AllLinksFailed" });
  const lookups = await client.cache.lookups();
  expect(lookups.map(({ outcome }) => outcome)).toEqual(["miss", "refused"]);
  expect(lookups[1]?.candidates).toMatchObject([{ question, verdict: "different", shown: false }]);
  expect(lookups[1]?.candidates[0]?.reason).not.toBe("");
  expect(asked).toEqual([]);
}, 60_000);
