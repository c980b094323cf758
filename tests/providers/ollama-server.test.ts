import { rmSync, writeFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { ProviderFailure, systemClock } from "../../electron/chain/index.ts";
import {
  OllamaFactBook,
  type OllamaPullStep,
  OllamaServer,
  ollamaProvider,
} from "../../electron/providers/index.ts";
import { isOnTheWeb } from "../../electron/providers/ollama-images.ts";
import { FakeOllama, type FakeOllamaModel, type FakeOllamaOptions } from "../fixtures/ollama-server.ts";
import { attempt, hello, linkTo, options, textOf } from "./harness.ts";
import { fullRequest, pixel } from "./wire.ts";

const plain: FakeOllamaModel = { name: "plain:latest", contextLength: 16_384, capabilities: ["completion"] };
const provider = ollamaProvider({ ...options, apiKey: () => null });
const never = new AbortController().signal;

async function fake(over: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const server = await FakeOllama.start({ models: [plain], ...over });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

const serverAt = (baseUrl: string) => new OllamaServer({ baseUrl, key: null, fetch, clock: systemClock });
const long = (characters: number) => ({
  messages: [{ role: "user" as const, content: "a".repeat(characters) }],
});

describe("a prompt", () => {
  const cases = [
    { what: "of plain words", charactersPerToken: 4 },
    { what: "so dense that every letter is a token", charactersPerToken: 1 },
  ];
  for (const version of ["0.40.2", "0.12.6", "0.12.5", "0.5.1", "weird"]) {
    for (const { what, charactersPerToken } of cases) {
      test(`${what} is never cut by Ollama ${version}: it is seen whole, or the failure is context_length`, async () => {
        const server = await fake({ version, charactersPerToken });
        for (const characters of [10, 4_000, 9_000, 12_500, 15_500, 30_000, 60_000, 200_000]) {
          const link = linkTo(server.url, { model: "plain" });
          const { events, failure } = await attempt(provider, link, long(characters));
          if (failure === null) expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
          else expect(failure.kind).toBe("context_length");
          // What fits by far must not be refused out of caution.
          if (characters <= 9_000) expect(failure).toBeNull();
        }
        expect(server.cuts).toBe(0);
      });
    }
  }

  test("gets a context as large as it needs, in powers of two, and no larger than the model's", async () => {
    const server = await fake();
    const link = linkTo(server.url, { model: "plain" });
    for (const characters of [10, 12_000, 40_000]) await attempt(provider, link, long(characters));
    expect(server.bodies("/api/chat").map(({ options }) => options.num_ctx)).toEqual([4_096, 8_192, 16_384]);
  });

  test("that is shorter than the one before keeps the context, so that the model is not loaded anew", async () => {
    const server = await fake();
    const link = linkTo(server.url, { model: "plain" });
    for (const characters of [12_000, 10, 10]) await attempt(provider, link, long(characters));
    expect(server.loads).toBe(1);
  });

  test("leaves the room for its answer that the request asks for", async () => {
    const server = await fake();
    await attempt(provider, linkTo(server.url, { model: "plain" }), { ...long(10), max_tokens: 5_000 });
    expect(server.bodies("/api/chat")[0].options).toEqual({ num_ctx: 8_192, num_predict: 5_000 });
  });

  test("that the estimate took for shorter than it is, is asked again with a larger context", async () => {
    const server = await fake({ charactersPerToken: 1 });
    const { failure } = await attempt(provider, linkTo(server.url, { model: "plain" }), long(9_000));
    expect(failure).toBeNull();
    expect(server.bodies("/api/chat").map(({ options }) => options.num_ctx)).toEqual([8_192, 16_384]);
  });

  test("that is refused as too long though it can't be is not asked again", async () => {
    const server = await fake({ charactersPerToken: 0.001 });
    const { failure } = await attempt(provider, linkTo(server.url, { model: "plain" }), long(10));
    expect(failure?.kind).toBe("context_length");
    expect(server.bodies("/api/chat")).toHaveLength(1);
  });

  test("that a server cut in spite of all is a failure, although it answered", async () => {
    // More tokens than letters, as with images whose tokens nobody can know beforehand.
    const vast = { ...plain, contextLength: 1_000_000 };
    const server = await fake({ version: "0.12.5", models: [vast], charactersPerToken: 0.25 });
    const { failure } = await attempt(provider, linkTo(server.url), long(3_000));
    expect(server.cuts).toBe(1);
    expect(failure?.kind).toBe("context_length");
  });
});

describe("what a model can do", () => {
  const image = { type: "image", source: { media_type: "image/png", data: pixel } } as const;
  const picture = {
    messages: [{ role: "user" as const, content: [{ type: "text" as const, text: "What?" }, image] }],
  };

  test("is asked of the server: an image goes to a model that sees", async () => {
    const server = await fake({ models: [{ ...plain, capabilities: ["completion", "vision"] }] });
    const { failure } = await attempt(provider, linkTo(server.url), picture);
    expect(failure).toBeNull();
    expect(server.bodies("/api/chat")[0].messages[0].images).toEqual([pixel]);
  });

  test("decides what is left out, and the head tells of it", async () => {
    const server = await fake();
    const { events, failure } = await attempt(provider, linkTo(server.url), {
      ...fullRequest,
      messages: [...picture.messages],
    });
    expect(failure).toBeNull();
    expect(events.find(({ type }) => type === "head")).toMatchObject({ dropped: ["vision", "tools"] });
    const [body] = server.bodies("/api/chat");
    expect(body.tools).toBeUndefined();
    expect(body.messages[0]).toEqual({ role: "user", content: "What?" });
  });

  test("may be to think: the thoughts come apart from the answer, and are left out before JSON", async () => {
    const thinker = { ...plain, capabilities: ["completion", "thinking"], thinks: "Hm.", says: "Four." };
    const server = await fake({ models: [thinker] });
    const { events } = await attempt(provider, linkTo(server.url));
    expect(events).toContainEqual({ type: "delta", reasoning: "Hm." });
    expect(textOf(events)).toBe("Four.");
    await attempt(provider, linkTo(server.url), { ...hello, response_format: { type: "json_object" } });
    expect(server.bodies("/api/chat").map(({ think }) => think)).toEqual([true, false]);
  });

  test("is not asked to think in a way that it does not know", async () => {
    const levels = { ...plain, capabilities: ["completion", "thinking"], thinking: ["low", "high"] };
    const server = await fake({ models: [levels] });
    await attempt(provider, linkTo(server.url));
    expect(server.bodies("/api/chat")[0]).not.toHaveProperty("think");
  });

  test("may be to call tools", async () => {
    const calls = { name: "get_weather", arguments: { city: "Oslo" } };
    const server = await fake({ models: [{ ...plain, capabilities: ["completion", "tools"], calls }] });
    const { events } = await attempt(provider, linkTo(server.url), fullRequest);
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "tool_calls" });
  });

  test("is asked once, not for every message", async () => {
    const server = await fake();
    for (let turn = 0; turn < 3; turn++) await attempt(provider, linkTo(server.url));
    expect(server.bodies("/api/show")).toHaveLength(1);
  });
});

describe("an image", () => {
  const seeing = { ...plain, capabilities: ["completion", "vision"] };
  const byAddress = (url: string, over: object = {}) => ({
    messages: [{ role: "user" as const, content: [{ type: "image" as const, source: { url } }] }],
    ...over,
  });
  /** The web, as far as this test goes; Ollama itself is asked for real. */
  const web = (pages: Readonly<Record<string, () => Response>>, asked: string[] = []) =>
    ollamaProvider({
      ...options,
      apiKey: () => null,
      fetch: async (input, init) => {
        const address = String(input);
        if (!(address in pages)) return fetch(input, init);
        asked.push(address);
        return (pages[address] as () => Response)();
      },
    });
  const png = () => new Response(Buffer.from(pixel, "base64"), { headers: { "content-type": "image/png" } });

  test("by its address is fetched, since Ollama fetches none", async () => {
    const server = await fake({ models: [seeing] });
    const moved = () => new Response(null, { status: 302, headers: { location: "/b.png" } });
    const from = web({ "https://example.com/a.png": moved, "https://example.com/b.png": png });
    const { failure } = await attempt(from, linkTo(server.url), byAddress("https://example.com/a.png"));
    expect(failure).toBeNull();
    expect(server.bodies("/api/chat")[0].messages[0].images).toEqual([pixel]);
  });

  test("by its address is not fetched for a local-only request, and the receipt says that it is missing", async () => {
    const server = await fake({ models: [seeing] });
    const asked: string[] = [];
    const from = web({ "https://example.com/a.png": png }, asked);
    const request = byAddress("https://example.com/a.png", { local_only: true });
    const { events } = await attempt(from, linkTo(server.url, { tier: "local" }), request);
    expect(asked).toEqual([]);
    expect(events.find(({ type }) => type === "head")).toMatchObject({ dropped: ["vision"] });
  });

  test("is left out when it can't be had, is no image, or leads to this machine", async () => {
    const server = await fake({ models: [seeing] });
    const page = () => new Response("<html>", { headers: { "content-type": "text/html" } });
    const inward = () => new Response(null, { status: 302, headers: { location: `${server.url}/api/tags` } });
    const from = web({
      "https://example.com/gone.png": () => new Response(null, { status: 404 }),
      "https://example.com/page.png": page,
      "https://example.com/inward.png": inward,
    });
    for (const name of ["gone", "page", "inward"]) {
      const { events } = await attempt(
        from,
        linkTo(server.url),
        byAddress(`https://example.com/${name}.png`),
      );
      expect(events.find(({ type }) => type === "head")).toMatchObject({ dropped: ["vision"] });
    }
    expect(server.calls.filter(({ path }) => path === "/api/tags")).toEqual([]);
  });

  test("is fetched from the open web only", () => {
    const closed = [
      "http://127.0.0.1/a",
      "http://[::1]/a",
      "http://10.1.2.3/",
      "http://169.254.169.254/",
      "http://printer/",
      "http://a.local/",
      "http://localhost:1/",
      "file:///etc/passwd",
      "http://[fd00::1]/",
      "http://[::ffff:127.0.0.1]/",
      "http://2130706433/",
    ];
    expect(closed.filter(isOnTheWeb)).toEqual([]);
    expect(["https://example.com/a.png", "http://93.184.216.34/a.png"].every(isOnTheWeb)).toBe(true);
  });

  test("whose text is the path of a file stays that text: no file is read", async () => {
    const server = await fake({ models: [seeing] });
    const path = "/tmp/holdfastimg"; // 16 letters of base64's alphabet
    writeFileSync(path, "secret");
    onTestFinished(() => rmSync(path));
    const source = { media_type: "image/png", data: path };
    await attempt(provider, linkTo(server.url), {
      messages: [{ role: "user", content: [{ type: "image", source }] }],
    });
    expect(server.bodies("/api/chat")[0].messages[0].images).toEqual([path]);
  });
});

describe("a model", () => {
  test("that is not there is told so before anything is sent to it", async () => {
    const server = await fake();
    const { failure } = await attempt(provider, linkTo(server.url, { model: "absent" }));
    expect(failure?.kind).toBe("not_found");
    expect(server.bodies("/api/chat")).toEqual([]);
  });

  test("of Ollama's cloud gets nothing of a local-only conversation", async () => {
    const remote = { ...plain, remoteHost: "https://ollama.com:443" };
    const server = await fake({ models: [remote] });
    const { failure } = await attempt(provider, linkTo(server.url, { tier: "local" }), {
      ...hello,
      local_only: true,
    });
    expect(failure?.message).toContain("passes on to ollama.com");
    expect(server.bodies("/api/chat")).toEqual([]);
  });

  test("stays in memory for as long as it is set to", async () => {
    const server = await fake();
    const book = new OllamaFactBook(systemClock);
    const kept = ollamaProvider({ ...options, apiKey: () => null, ollama: { book, keepAlive: () => 1_800 } });
    await attempt(kept, linkTo(server.url));
    expect(server.loaded.get("plain:latest")).toEqual({ context: 4_096, keepAlive: 1_800 });
  });
});

describe("the server's own affairs", () => {
  const library = [{ ...plain, name: "new:1b", sizeBytes: 8_000 }];

  test("version, models and what is in memory are read", async () => {
    const server = serverAt((await fake()).url);
    expect(await server.version(never)).toBe("0.40.2");
    expect(await server.list(never)).toMatchObject([
      { name: "plain:latest", sizeBytes: 8_000, parameters: "1.2B" },
    ]);
    await server.load("plain", 8_192, 900, never);
    expect(await server.loaded(never)).toMatchObject([{ name: "plain:latest", context: 8_192 }]);
    await server.unload("plain", never);
    expect(await server.loaded(never)).toEqual([]);
  });

  test("a pull tells its steps to the end", async () => {
    const double = await fake({ library });
    const steps: OllamaPullStep[] = [];
    for await (const step of serverAt(double.url).pull("new:1b", never)) steps.push(step);
    expect(steps.at(-1)?.status).toBe("success");
    expect(steps.findLast(({ total }) => total !== null)).toMatchObject({ total: 8_000, completed: 8_000 });
    expect(double.models.has("new:1b")).toBe(true);
  });

  test("a pull of what the library does not have, and one that breaks off, fail in Ollama's words", async () => {
    const double = await fake({ library });
    const pulled = async (name: string): Promise<unknown> => {
      try {
        for await (const { status } of serverAt(double.url).pull(name, never))
          expect(status).not.toBe("success");
        return null;
      } catch (error) {
        return error;
      }
    };
    const unknown = await pulled("nothing");
    expect(unknown).toBeInstanceOf(ProviderFailure);
    expect(String(unknown)).toContain("file does not exist");
    double.failPullAt = 4_000;
    expect(String(await pulled("new:1b"))).toContain("max retries exceeded");
  });

  test("something else that answers there is no Ollama", async () => {
    const page = async () => new Response("[]", { headers: { "content-type": "application/json" } });
    const other = new OllamaServer({
      baseUrl: "http://127.0.0.1:1",
      key: null,
      fetch: page,
      clock: systemClock,
    });
    await expect(other.version(never)).rejects.toMatchObject({ kind: "malformed" });
  });
});
