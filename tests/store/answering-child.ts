/** Begins an answer in the folder given, appends to it without end, and prints each delta once `append` has returned. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Conversations, openDatabase, storeMigrations } from "../../electron/store/index.ts";

const database = openDatabase({
  path: join(process.argv[2] ?? "", "holdfast.db"),
  migrations: storeMigrations,
  now: Date.now,
  onMovedAside: (file) => {
    throw new Error(file.message);
  },
});
const conversations = new Conversations({ database, clock: Date, newId: randomUUID });
const { conversation, answer } = conversations.ask(null, "How long can you go on?");
process.stdout.write(`${JSON.stringify({ conversation: conversation.id, answer: answer.id })}\n`);

for (let n = 0; ; n += 1) {
  const delta = `${n} é😀 `;
  conversations.append(answer.id, delta);
  // Printed after `append` returned, so that a line that was read is always a delta that was stored.
  process.stdout.write(`${JSON.stringify(delta)}\n`);
  if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
}
