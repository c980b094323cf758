import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OpenAI } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startUnruly, type Unruly } from "../../fixtures/unruly/index.ts";
import { CommandLine, type Running } from "../support/cli.ts";
import { linkTo } from "../support/links.ts";

const token = "the-token-of-this-test";
const env = { HOLDFAST_TOKEN: token };

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

interface Serving extends Running {
  url: string;
  port: string;
  openai: OpenAI;
  folder: string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
}

/** `holdfast serve` on a free port, over a first link that is overloaded and a second one that answers. */
async function serve({ model = "any", args = ["--port", "0"], env: given = env } = {}): Promise<Serving> {
  const line = new CommandLine({
    fallback_chain: [
      linkTo(unruly.url, "primary", "openai", "status-503"),
      linkTo(unruly.url, "second", "anthropic", model),
    ],
  });
  const running = line.start(["serve", ...args], { env: given });
  const [, url = "", port = ""] = await running.wrote(
    /^Holdfast listens on (http:\/\/127\.0\.0\.1:(\d+)\/v1)\n/,
  );
  return {
    ...running,
    url,
    port,
    folder: line.folder,
    openai: new OpenAI({ baseURL: url, apiKey: token, maxRetries: 0 }),
    get: (path, headers = {}) => fetch(`${url}${path}`, { headers }),
  };
}

const bearer = { authorization: `Bearer ${token}` };
const messages = [{ role: "user" as const, content: "How?" }];

describe("holdfast serve", () => {
  it("tells who may answer to whoever has the token, and nothing to others", async () => {
    const { get } = await serve();
    const health = await get("/health", bearer);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({
      status: "healthy",
      level: "full",
      providers: [{ name: "primary" }, { name: "second" }],
    });
    expect((await get("/health")).status).toBe(401);
    expect((await get("/health", { authorization: "Bearer guess" })).status).toBe(401);
    expect((await get("/health", { ...bearer, origin: "https://elsewhere.example" })).status).toBe(403);
  });

  it("answers OpenAI's own client with one whole reply, and says in the headers who answered", async () => {
    const { openai } = await serve();
    const { data, response } = await openai.chat.completions
      .create({ model: "auto", messages })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe("All is well.");
    expect(data.model).toBe("any");
    expect(data).toMatchObject({ holdfast: { tier: "backup", link: "second", reason: "overloaded" } });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-holdfast-tier": "backup",
      "x-holdfast-link": "second",
      "x-holdfast-attempts": "2",
    });
  });

  it("streams to OpenAI's own client, piece by piece, with the receipt in the last chunk", async () => {
    const { openai } = await serve({ model: "drip-50" });
    const stream = await openai.chat.completions.create({ model: "auto", messages, stream: true });
    const pieces: string[] = [];
    let last: unknown;
    for await (const chunk of stream) {
      const text = chunk.choices[0]?.delta.content;
      if (text) pieces.push(text);
      last = chunk;
    }
    expect(pieces.join("")).toBe("All is well.");
    expect(pieces.length).toBeGreaterThan(3);
    expect(last).toMatchObject({ holdfast: { tier: "backup", link: "second" } });
  });

  it.skipIf(process.platform === "win32")(
    "lets a running stream end after SIGTERM, takes no more requests, and exits with 0",
    async () => {
      const { openai, child, ended, get } = await serve({ model: "drip-150" });
      const stream = await openai.chat.completions.create({ model: "auto", messages, stream: true });
      const state = () =>
        get("/health", bearer).then(
          () => "open",
          () => "closed",
        );
      let text = "";
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        if (text !== "A") continue;
        child.kill("SIGTERM");
        await expect.poll(state).toBe("closed");
      }
      const streamed = performance.now();
      expect(text).toBe("All is well.");
      expect((await ended).code).toBe(0);
      expect(performance.now() - streamed).toBeLessThan(3_000);
    },
  );

  it("makes a token of its own, and shows it, when none is set", async () => {
    const { wrote, get, written } = await serve({ env: {} as typeof env });
    const [, made] = await wrote(
      /HOLDFAST_TOKEN is not set, so this token holds until the next start: (\S+)\n/,
    );
    expect((await get("/health", { authorization: `Bearer ${made}` })).status).toBe(200);
    expect(written().stdout).toBe("");
  });

  it("logs a line of JSON for each event, to standard error and to a file, under the id that the reply names", async () => {
    const { openai, written, child, ended, folder } = await serve();
    const { response } = await openai.chat.completions.create({ model: "auto", messages }).withResponse();
    const id = response.headers.get("x-request-id");
    const events = (text: string) =>
      text
        .split("\n")
        .filter((row) => row.startsWith("{"))
        .map((row) => JSON.parse(row));
    await expect.poll(() => events(written().stderr).map(({ event }) => event)).toContain("request");
    const lines = events(written().stderr);
    expect(lines.map(({ event }) => event)).toEqual(["started", "attempt_failed", "request"]);
    expect(lines[1]).toMatchObject({ level: "warn", request_id: id, link: "primary", kind: "overloaded" });
    expect(lines[2]).toMatchObject({ level: "info", request_id: id, link: "second", tier: "backup" });
    child.kill("SIGTERM");
    await ended;
    const file = readFileSync(join(folder, "data/logs/serve.log"), "utf8");
    expect(events(file).map(({ event }) => event)).toEqual([
      "started",
      "attempt_failed",
      "request",
      "stopped",
    ]);
  });

  it("leaves in its log what is wrong with a config, for whoever looks later", async () => {
    const line = new CommandLine("hedge: { after: soon }");
    expect(await line.run(["serve"])).toMatchObject({ code: 78 });
    const file = readFileSync(join(line.folder, "data/logs/serve.log"), "utf8");
    expect(JSON.parse(file)).toMatchObject({
      level: "error",
      event: "config_error",
      problems: [{ line: 1, path: "hedge.after" }],
    });
  });

  it("says which port is in use, and how to choose another, and exits with 1", async () => {
    const { port } = await serve();
    const second = new CommandLine({ fallback_chain: [linkTo(unruly.url, "primary", "openai", "any")] });
    const { code, stderr } = await second.run(["serve", "--port", port], { env });
    expect(code).toBe(1);
    expect(stderr).toBe(`Port ${port} is in use. Stop what uses it, or choose another with --port.\n`);
  });

  it("takes port and token's variable from the config", async () => {
    const line = new CommandLine({
      fallback_chain: [linkTo(unruly.url, "primary", "openai", "any")],
      gateway: { port: 0, token_env: "ANOTHER_NAME" },
    });
    const running = line.start(["serve"], { env: { ANOTHER_NAME: "another" } });
    const [, url] = await running.wrote(/listens on (\S+)\n/);
    const reply = await fetch(`${url}/health`, { headers: { authorization: "Bearer another" } });
    expect(reply.status).toBe(200);
  });
});
