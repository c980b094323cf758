import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../../electron/contract/index.ts";
import { refusedUrl, startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { folderForTest, memoryVault, startApp } from "./support.ts";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

const chainOf = (...models: string[]): Config => ({
  fallback_chain: models.map((model, index) => linkTo(unruly.url, `link-${index + 1}`, "openai", model)),
});

/** Sends a question, and follows its answer to the end. */
async function ask({ app }: ReturnType<typeof startApp>, text: string) {
  const client = createRouterClient(app.router);
  const { answer, conversation } = await client.chat.send({ conversation_id: null, text });
  for await (const _ of await client.chat.follow({ message_id: answer.id }));
  const { messages } = await client.conversations.get({ id: conversation.id });
  return messages[1];
}

describe("the app", () => {
  it("moves along the chain, shows each link's light, and keeps the answer with its notices", async () => {
    const started = startApp(chainOf("status-503", "any"));
    expect(await ask(started, "How?")).toMatchObject({
      state: "complete",
      text: "All is well.",
      receipt: { tier: "backup", link: "link-2", notices: [{ code: "backup_used" }] },
    });
    expect(started.app.status.now.links).toMatchObject([
      { id: "link-1", light: "failing", consecutive_failures: 1, last_failure: { kind: "overloaded" } },
      { id: "link-2", light: "ok", consecutive_failures: 0 },
    ]);
  });

  it("gives an earlier answer to the same question when no link can answer any more, also after a restart", async () => {
    const dataDir = folderForTest();
    const vaults = [memoryVault().find];
    const first = startApp(chainOf("any"), { dataDir, vaults });
    await ask(first, "How is it?");
    await first.close();
    const away = { fallback_chain: [linkTo(await refusedUrl(), "link-1", "openai", "any")] };
    const answer = await ask(startApp(away, { dataDir, vaults }), "How is it?");
    expect(answer).toMatchObject({
      state: "complete",
      text: "All is well.",
      receipt: { tier: "cache", notices: [{ code: "cached_answer" }] },
    });
  });

  it("keeps no answer for later when the cache is turned off", async () => {
    const dataDir = folderForTest();
    const first = startApp({ ...chainOf("any"), cache: { enabled: false } }, { dataDir });
    await ask(first, "How is it?");
    await first.close();
    const away = { fallback_chain: [linkTo(await refusedUrl(), "link-1", "openai", "any")] };
    expect(await ask(startApp(away, { dataDir }), "How is it?")).toMatchObject({ state: "failed" });
  });

  it("answers although its cache can't be written, and tells of the fault", async () => {
    const dataDir = folderForTest();
    const started = startApp(chainOf("any"), { dataDir });
    const other = new DatabaseSync(join(dataDir, "cache.db"));
    other.exec("ALTER TABLE entries RENAME TO elsewhere");
    other.close();
    expect(await ask(started, "How?")).toMatchObject({ state: "complete", text: "All is well." });
    expect(started.errors).toHaveLength(1);
  });

  it("leaves an answer that is being made as interrupted when it closes", async () => {
    const dataDir = folderForTest();
    const first = startApp(chainOf("drip-300"), { dataDir });
    const client = createRouterClient(first.app.router);
    const { answer, conversation } = await client.chat.send({ conversation_id: null, text: "Slowly?" });
    const following = await client.chat.follow({ message_id: answer.id });
    for await (const event of following) if (event.type === "delta") break;
    await first.close();
    const again = createRouterClient(startApp(chainOf("any"), { dataDir }).app.router);
    const { messages } = await again.conversations.get({ id: conversation.id });
    expect(messages[1]?.state).toBe("interrupted");
    expect("All is well.".startsWith(messages[1]?.text ?? "?")).toBe(true);
  });
});

describe("the contract's errors", () => {
  it.each([
    ["a conversation that is not there", "NOT_FOUND", () => client().conversations.get({ id: "nowhere" })],
    ["a question that is not there", "NOT_FOUND", () => client().chat.regenerate({ question_id: "nowhere" })],
    ["a chain that a config file sets", "CONFLICT", () => client().settings.setConfig({})],
    [
      "a question without a word",
      "BAD_REQUEST",
      () => client().chat.send({ conversation_id: null, text: "  " }),
    ],
  ])("say what is wrong with %s", async (_, code, call) => {
    await expect(call()).rejects.toMatchObject({ code, message: expect.stringMatching(/\w+ .*/) });
  });

  const client = () => createRouterClient(startApp(chainOf("any")).app.router);
});
