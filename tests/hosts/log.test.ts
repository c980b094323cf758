import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type LogOptions, logLevelOf, openLog } from "../../electron/hosts/log.ts";
import { folderForTest } from "../app/support.ts";

const options = (over: Partial<LogOptions> = {}): LogOptions => ({
  file: "serve",
  stderr: false,
  dataDir: folderForTest(),
  config: {},
  env: {},
  version: "1.2.3",
  ...over,
});

const linesOf = (dataDir: string, name = "serve.log") =>
  readFileSync(join(dataDir, "logs", name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

afterEach(() => vi.restoreAllMocks());

describe("the log", () => {
  it("is a line of JSON for each event, with time, level, process and version, in a file that its owner alone may read", async () => {
    const given = options();
    const log = await openLog(given);
    log.info({ event: "request", link: "primary" }, "Answered.");
    log.debug({ event: "detail" }, "Not told.");
    await log[Symbol.asyncDispose]();
    expect(linesOf(given.dataDir)).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        pid: process.pid,
        version: "1.2.3",
        event: "request",
        link: "primary",
        msg: "Answered.",
      },
    ]);
    expect(statSync(join(given.dataDir, "logs/serve.log")).mode & 0o077).toBe(0);
  });

  it("puts a full file aside and keeps no more of them than it may, also over a restart", async () => {
    const given = options({ config: { max_size: "0.01MB", max_files: 2 } });
    for (const _ of [1, 2]) {
      await using log = await openLog(given);
      for (let n = 0; n < 400; n += 1) log.info({ n }, "x".repeat(100));
    }
    const folder = join(given.dataDir, "logs");
    expect(readdirSync(folder).sort()).toEqual(["serve.lock", "serve.log", "serve.log.1", "serve.log.2"]);
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(bytes).toBeLessThan(4 * 10_000);
    expect(linesOf(given.dataDir).at(-1)).toMatchObject({ n: 399 });
  });

  it("has its file alone: another on the same folder at the same time writes one of its own", async () => {
    const given = options();
    const first = await openLog(given);
    const second = await openLog(given);
    first.info({}, "first");
    second.info({}, "second");
    await first[Symbol.asyncDispose]();
    const third = await openLog(given);
    third.info({}, "third");
    await second[Symbol.asyncDispose]();
    await third[Symbol.asyncDispose]();
    expect(linesOf(given.dataDir).map(({ msg }) => msg)).toEqual(["first", "third"]);
    expect(linesOf(given.dataDir, "serve-2.log").map(({ msg }) => msg)).toEqual(["second"]);
  });

  it("takes out every secret that it knows of, and what looks like a key", async () => {
    const given = options({ env: { SOME_API_KEY: 'own"key\\with-quotes', PLAIN: "plain-value" } });
    const log = await openLog(given);
    log.hide("a-token-from-the-vault");
    log.info(
      {
        a: 'own"key\\with-quotes',
        b: "a-token-from-the-vault",
        c: "sk-proj-0123456789abcdef",
        d: { authorization: "Basic dXNlcjpwYXNz", headers: { cookie: "chip" } },
        e: "postgres://team:hunter22@db.example/cache",
        f: "plain-value",
      },
      "Bearer abcdef0123456789",
    );
    await log[Symbol.asyncDispose]();
    const [line] = linesOf(given.dataDir);
    expect(line).toMatchObject({
      a: "[removed]",
      b: "[removed]",
      c: "[removed]",
      d: { authorization: "[removed]", headers: "[removed]" },
      e: "postgres://team:[removed]@db.example/cache",
      f: "plain-value",
      msg: "[removed]",
    });
  });

  it("goes on without its file where the folder can't be written, and says so once", async () => {
    const dataDir = folderForTest();
    writeFileSync(join(dataDir, "logs"), "a file in the way");
    const said: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
    const log = await openLog(options({ dataDir }));
    log.error({ event: "error" }, "Something failed.");
    await log[Symbol.asyncDispose]();
    expect(said).toEqual([expect.stringMatching(/^The log can't be written to .*logs: .+\n$/)]);
  });

  it("is told its level by HOLDFAST_LOG, then by the config", () => {
    expect(logLevelOf({ env: { HOLDFAST_LOG: "debug" }, config: { level: "error" } })).toBe("debug");
    expect(logLevelOf({ env: {}, config: { level: "error" } })).toBe("error");
    expect(logLevelOf({ env: {}, config: undefined })).toBe("info");
    expect(() => logLevelOf({ env: { HOLDFAST_LOG: "loud" }, config: undefined })).toThrow(
      'HOLDFAST_LOG: "loud" is not a level; there are: trace, debug, info, warn, error, silent.',
    );
  });
});
