/**
 * Works off the outbox of the folder given, as one of several processes, until it is killed. Each answer takes the
 * milliseconds given (`hang`: it never ends). Prints `asking <question>` when the chain begins to answer one.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Provider, systemClock } from "../../electron/chain/index.ts";
import { Conversations, openDatabase, storeMigrations } from "../../electron/store/index.ts";
import { says } from "../fixtures/scripted-provider.ts";
import { chainOf, cloud, outboxOver } from "./outbox-over.ts";

const [folder = "", takes = "hang"] = process.argv.slice(2);
const database = openDatabase({
  path: join(folder, "holdfast.db"),
  migrations: storeMigrations,
  now: Date.now,
  onMovedAside: (file) => {
    throw new Error(file.message);
  },
});
const conversations = new Conversations({ database, clock: systemClock, newId: randomUUID });
const provider: Provider = {
  async *stream({ messages }) {
    process.stdout.write(`asking ${messages.at(-1)?.content}\n`);
    await new Promise((resolve) => {
      if (takes === "hang") setInterval(() => {}, 1_000);
      else setTimeout(resolve, Number(takes));
    });
    for (const step of says(`Answered by ${process.pid}.`)) yield step as never;
  },
};
const { outboxChain } = chainOf([cloud], provider, systemClock);
const { outbox } = outboxOver({
  database,
  conversations,
  clock: systemClock,
  chain: outboxChain,
  links: [cloud],
});
outbox.start();
setInterval(() => outbox.retryNow(), 5);
