import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openConversations, runChild, temporaryFolder } from "./support.ts";

const answeringChild = fileURLToPath(new URL("./answering-child.ts", import.meta.url));

/** A child that is making an answer in that folder. */
async function answering(folder: string) {
  const child = runChild(answeringChild, [folder]);
  const { conversation, answer } = JSON.parse(await child.line()) as { conversation: string; answer: string };
  return { ...child, conversation, answer };
}

test("nothing that was appended is lost when the process is killed", async () => {
  const folder = temporaryFolder();
  const child = await answering(folder);
  let confirmed = "";
  for (let n = 0; n < 300; n += 1) confirmed += JSON.parse(await child.line());
  await child.kill();

  const { conversations, moved } = openConversations(folder);
  const [question, answer] = conversations.get(child.conversation).messages;
  expect(moved).toEqual([]);
  expect(question?.text).toBe("How long can you go on?");
  expect(answer).toMatchObject({ id: child.answer, state: "interrupted", receipt: null });
  expect(answer?.text.slice(0, confirmed.length)).toBe(confirmed);
});

test("an answer that another living process makes is left alone, and read as it grows", async () => {
  const folder = temporaryFolder();
  const child = await answering(folder);
  await child.line();
  const { conversations } = openConversations(folder);
  const early = conversations.message(child.answer);
  expect(early).toMatchObject({ state: "streaming" });
  for (let n = 0; n < 500; n += 1) await child.line();
  const later = conversations.message(child.answer);
  expect(later.state).toBe("streaming");
  expect(later.text.length).toBeGreaterThan(early.text.length);
});

test("two processes write to one file at the same time", async () => {
  const folder = temporaryFolder();
  const child = await answering(folder);
  const { conversations } = openConversations(folder);
  const { answer } = conversations.ask(null, "Am I alone?");
  for (let n = 0; n < 200; n += 1) conversations.append(answer.id, "x");
  expect(conversations.message(answer.id).text).toHaveLength(200);
  await child.kill();
});

test("a process that dies while another looks on is noticed on the next reading", async () => {
  const folder = temporaryFolder();
  const child = await answering(folder);
  const { conversations } = openConversations(folder);
  expect(conversations.message(child.answer).state).toBe("streaming");
  await child.kill();
  expect(conversations.message(child.answer).state).toBe("interrupted");
});

test("no sign of a process stays behind, whether it was closed or killed", async () => {
  const folder = temporaryFolder();
  const child = await answering(folder);
  await child.kill();
  const { conversations, close } = openConversations(folder);
  conversations.ask(null, "?");
  close();
  expect(readdirSync(folder).filter((name) => name.includes(".owner-"))).toEqual([]);
});

test("an answer that was not finished when its process closed properly is interrupted too", () => {
  const folder = temporaryFolder();
  const first = openConversations(folder);
  const { answer } = first.conversations.ask(null, "?");
  first.conversations.append(answer.id, "half");
  first.close();
  expect(openConversations(folder).conversations.message(answer.id)).toMatchObject({
    state: "interrupted",
    text: "half",
  });
});

test("a second opening in the same process leaves the answers of the first alone", () => {
  const folder = temporaryFolder();
  const first = openConversations(folder);
  const { answer } = first.conversations.ask(null, "?");
  const second = openConversations(folder);
  second.close();
  first.conversations.append(answer.id, "still mine");
  expect(openConversations(folder).conversations.message(answer.id)).toMatchObject({
    state: "streaming",
    text: "still mine",
  });
});

test("a sign that can't be looked into is left alone", () => {
  const folder = temporaryFolder();
  const sign = join(folder, "holdfast.db.owner-unknown");
  mkdirSync(sign);
  expect(openConversations(folder).conversations.list()).toEqual([]);
  expect(existsSync(sign)).toBe(true);
});
