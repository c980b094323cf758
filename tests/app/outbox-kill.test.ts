import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { OutboxEntries } from "../../electron/store/index.ts";
import { runChild, temporaryFolder } from "../store/support.ts";
import { setUp } from "./outbox-set-up.ts";

const child = fileURLToPath(new URL("./outbox-child.ts", import.meta.url));

/** Waits for other processes until something of the outbox holds. */
async function until(entries: OutboxEntries, holds: (states: string[]) => boolean): Promise<void> {
  while (!holds(entries.list().map(({ state }) => state))) await new Promise((next) => setTimeout(next, 5));
}

test("an entry whose process is killed while it asks comes back, and is answered once", async () => {
  const folder = temporaryFolder();
  const { ask, clock, provider, outbox, conversations, answersTo } = setUp({ folder });
  const { question } = await ask("Anyone?");
  const asking = runChild(child, [folder, "hang"]);
  expect(await asking.line()).toBe("asking Anyone?");
  expect(outbox.list()).toMatchObject([{ state: "asking", attempts: 1 }]);

  await asking.kill();
  expect(outbox.list()).toMatchObject([{ state: "waiting", attempts: 1 }]);
  expect(conversations.get(question.conversation_id).messages).toHaveLength(2);
  provider.does.cloud = "Yes.";
  // The child's clock is the machine's, which is ahead of the one here.
  outbox.retryNow();
  await clock.advance(60_000);
  expect(outbox.list()).toMatchObject([{ state: "answered", attempts: 2 }]);
  expect(answersTo(question)).toEqual(["Yes."]);
});

test("while another process asks, this one does not", async () => {
  const folder = temporaryFolder();
  const { ask, clock, provider, outbox } = setUp({ folder });
  await ask("One?");
  await ask("Two?");
  const asking = runChild(child, [folder, "hang"]);
  await asking.line();
  provider.calls.length = 0;
  outbox.retryNow();
  await clock.advance(60 * 60_000);
  expect(provider.asked).toEqual([]);
});

test("processes that are killed at any moment leave every question with exactly one better answer", async () => {
  const folder = temporaryFolder();
  const { ask, outbox, entries, answersTo } = setUp({ folder });
  const questions = [];
  await outbox[Symbol.asyncDispose]();

  for (let round = 0; round < 5; round += 1) {
    for (let n = 0; n < 6; n += 1) questions.push((await ask(`Question ${round} ${n}?`)).question);
    const two = [runChild(child, [folder, "5"]), runChild(child, [folder, "5"])];
    await Promise.race(two.map(({ line }) => line()));
    await new Promise((later) => setTimeout(later, round * 7));
    for (const one of two) await one.kill();
  }
  runChild(child, [folder, "0"]);
  await until(entries, (states) => states.every((state) => state === "answered"));
  for (const question of questions) expect(answersTo(question)).toHaveLength(1);
});
