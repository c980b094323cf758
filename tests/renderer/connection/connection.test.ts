import { expect, test } from "vitest";
import { Connection, NotConnected, reconnectDelayMs } from "../../../renderer/connection/connection.ts";
import type { Client, Transport } from "../../../renderer/connection/transport.ts";

/** A connection whose tries and waits the test decides. */
function setUp() {
  const tries: { resolve: (transport: Transport) => void; reject: (error: Error) => void }[] = [];
  const waits: { ms: number; then: () => void }[] = [];
  const connection = new Connection({
    open: () => new Promise((resolve, reject) => tries.push({ resolve, reject })),
    random: () => 1,
    after(ms, then) {
      const wait = { ms, then };
      waits.push(wait);
      return () => waits.splice(waits.indexOf(wait), 1);
    },
  });
  void connection.run();
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const opened = async (client = {} as Client) => {
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    tries.at(-1)?.resolve({ client, closed });
    await settle();
    return { client, close };
  };
  const refuse = async () => {
    tries.at(-1)?.reject(new Error("refused"));
    await settle();
  };
  return { connection, tries, waits, settle, opened, refuse };
}

test("asking before it is connected says that Holdfast can't be reached", () => {
  const { connection } = setUp();
  expect(() => connection.client).toThrow(NotConnected);
});

test("it is ready with the client of the way that was opened", async () => {
  const { connection, opened } = setUp();
  const { client } = await opened();
  expect(connection.client).toBe(client);
});

test("a lost way is opened again after the back-off", async () => {
  const { connection, opened, tries, waits, settle } = setUp();
  const { close } = await opened();
  close();
  await settle();
  expect(connection.state.get()).toEqual({ phase: "reconnecting", failures: 0 });
  waits.at(-1)?.then();
  await settle();
  expect(tries).toHaveLength(2);
});

test("each failed try makes the next wait longer, up to eight seconds", () => {
  const delays = [0, 1, 2, 3, 10].map((failures) => reconnectDelayMs(failures, () => 1));
  expect(delays).toEqual([250, 500, 1_000, 2_000, 8_000]);
});

test("a person may try at once", async () => {
  const { connection, refuse, tries, settle } = setUp();
  await refuse();
  connection.retryNow();
  await settle();
  expect(tries).toHaveLength(2);
});

test("what is done whenever it is connected is done again with each new client, and its signal ends with the way", async () => {
  const { connection, opened, waits, settle } = setUp();
  const uses: { client: Client; signal: AbortSignal }[] = [];
  connection.whenever((client, signal) => uses.push({ client, signal }));
  const first = await opened();
  first.close();
  await settle();
  expect(uses[0]?.signal.aborted).toBe(true);
  waits.at(-1)?.then();
  await settle();
  const second = await opened();
  expect(uses.map((use) => use.client)).toEqual([first.client, second.client]);
  expect(uses[1]?.signal.aborted).toBe(false);
});
