import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withGrace } from "../../electron/providers/grace.ts";
import { createProviders } from "../../electron/providers/index.ts";
import { FakeClock, settle } from "../fixtures/fake-clock.ts";
import { attempt, linkTo, options, textOf } from "./harness.ts";
import { dataEvents, namedEvents, type Player, startPlayer } from "./wire/player.ts";

const link = linkTo("http://127.0.0.1", {
  timeouts: { connectMs: 1_000, firstTokenMs: 1_000, idleMs: 10_000, totalMs: 60_000 },
});

const giveUp = () => undefined;

/** Gives its items, and then nothing for ever. */
async function* hanging<Item>(...items: Item[]): AsyncGenerator<Item> {
  yield* items;
  await new Promise(() => undefined);
}

describe("a stream", () => {
  test("that hangs behind a whole answer is over after two seconds", async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    let over = false;
    void (async () => {
      const items = withGrace(hanging("text", "finish"), () => seen.includes("finish"), {
        clock,
        link,
        giveUp,
      });
      for await (const item of items) seen.push(item);
      over = true;
    })();
    await clock.advance(1_999);
    expect({ seen, over }).toEqual({ seen: ["text", "finish"], over: false });
    await clock.advance(1);
    expect(over).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  test("is over before its link's idle limit, where that is short", async () => {
    const clock = new FakeClock();
    const hasty = { ...link, timeouts: { ...link.timeouts, idleMs: 1_000 } };
    const next = withGrace(hanging(), () => true, { clock, link: hasty, giveUp }).next();
    await clock.advance(500);
    expect(await next).toMatchObject({ done: true });
  });

  test("that hangs in the middle of an answer is waited for", async () => {
    const clock = new FakeClock();
    let over = false;
    const next = withGrace(hanging(), () => false, { clock, link, giveUp }).next();
    void next.then(() => {
      over = true;
    });
    await settle();
    expect(clock.waiting).toBe(0);
    expect(over).toBe(false);
  });

  test("that goes on in time is read to its end", async () => {
    async function* tail() {
      yield "finish";
      yield "usage";
    }
    const clock = new FakeClock();
    const seen: string[] = [];
    for await (const item of withGrace(tail(), () => true, { clock, link, giveUp })) seen.push(item);
    expect(seen).toEqual(["finish", "usage"]);
    expect(clock.waiting).toBe(0);
  });
});

describe("a server that keeps the stream open behind its finish", () => {
  const providers = createProviders(options);
  let server: Player;
  beforeAll(async () => {
    server = await startPlayer();
  });
  afterAll(() => server.close());

  const chat = dataEvents(
    { choices: [{ delta: { content: "Whole." } }] },
    { choices: [{ delta: {}, finish_reason: "stop" }] },
  );
  const messages = namedEvents(
    { type: "message_start", message: { model: "m", usage: { input_tokens: 1, output_tokens: 1 } } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Whole." } },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
  );

  test.each([
    ["openai", { ...chat, body: String(chat.body).replace("data: [DONE]\n\n", "") }],
    ["anthropic", messages],
  ] as const)("has given a whole answer, and is left: %s", async (family, recording) => {
    server.play({ ...recording, lingers: true });
    const { events, failure } = await attempt(providers[family], linkTo(`${server.url}/v1`));
    expect(failure).toBeNull();
    expect(textOf(events)).toBe("Whole.");
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
    await server.calls.at(-1)?.closed;
  });
});
