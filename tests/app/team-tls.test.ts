import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { postgresConnection } from "../../electron/app/cache-store.ts";
import { PostgresStore } from "../../electron/cache/index.ts";
import { systemClock } from "../../electron/chain/index.ts";
import type { Config } from "../../electron/contract/index.ts";
import { makeAuthority } from "../fixtures/certificates.ts";
import { type PostgresServer, startPostgres } from "../fixtures/postgres/index.ts";
import { startTlsFront } from "../fixtures/postgres/tls-front.ts";
import { keptLog } from "./log-support.ts";
import { folderForTest, startApp } from "./support.ts";

const soon = { timeout: 15_000 };

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, 120_000);
afterAll(() => postgres[Symbol.asyncDispose]());

/** Postgres behind TLS whose certificate, for `host`, an authority has given; the address names that one, or another. */
async function setUp({ host = "IP:127.0.0.1", knowsAuthority = true } = {}) {
  const authority = await makeAuthority(folderForTest());
  const known = knowsAuthority ? authority : await makeAuthority(folderForTest());
  const front = await startTlsFront(postgres.connection.port, await authority.issue(host));
  onTestFinished(() => front[Symbol.asyncDispose]());
  const address = `postgres://holdfast@127.0.0.1:${front.port}/postgres?sslrootcert=${known.file}`;
  const store = new PostgresStore({
    connection: postgresConnection(address, {}),
    namespace: "tls",
    clock: systemClock,
    limits: { maxEntries: 3, ttlMs: 86_400_000 },
  });
  onTestFinished(() => store[Symbol.asyncDispose]());
  return { front, address, store };
}

it("the team's store is spoken to by TLS where the authority that is named vouches for its certificate", async () => {
  const { front, store } = await setUp();
  expect(await store.stats("e")).toMatchObject({ entries: 0 });
  expect(front.passed).toBe(1);
});

it("a certificate of another authority is refused before a word is said", async () => {
  const { front, store } = await setUp({ knowsAuthority: false });
  await expect(store.stats("e")).rejects.toThrow(/certificate|self-signed/);
  expect(front.passed).toBe(0);
});

it("a certificate for another host is refused, be it one for localhost", async () => {
  const { front, store } = await setUp({ host: "DNS:localhost" });
  await expect(store.stats("e")).rejects.toThrow(/IP: 127\.0\.0\.1 is not in the cert/);
  expect(front.passed).toBe(0);
});

it("gateways of a team check the certificate alike", async () => {
  const join = ({ address }: { address: string }) => {
    const config: Config = { cache: { store: address, namespace: "gateways" } };
    const { log, of } = keptLog();
    startApp(config, { log }).app.joinTeam();
    return () => of("warning").map(({ text }) => text);
  };
  const right = await setUp();
  const wrong = await setUp({ knowsAuthority: false });
  const [ofRight, ofWrong] = [join(right), join(wrong)];
  await expect.poll(ofWrong, soon).toEqual([expect.stringMatching(/certificate|self-signed/)]);
  await expect.poll(() => right.front.passed, soon).toBe(1);
  expect(ofRight()).toEqual([]);
  expect(wrong.front.passed).toBe(0);
}, 60_000);
