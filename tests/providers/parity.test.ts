import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linksOf } from "../../electron/app/links.ts";
import type { ProviderEvent } from "../../electron/chain/index.ts";
import { createProviders, type HttpProviderName } from "../../electron/providers/index.ts";
import { attempt, linkTo, options, secret } from "./harness.ts";
import { anthropic } from "./wire/anthropic.ts";
import { bedrock } from "./wire/bedrock.ts";
import { type ConversationName, conversations, type Told, usage } from "./wire/conversations.ts";
import type { Cannot, Wire } from "./wire/family.ts";
import { ollama } from "./wire/ollama.ts";
import { azureOpenai, openai, openaiCompatible, vertex } from "./wire/openai.ts";
import { type Player, startPlayer } from "./wire/player.ts";

const wires: readonly Wire[] = [openai, openaiCompatible, azureOpenai, vertex, anthropic, bedrock, ollama];
const providers = createProviders(options);

let server: Player;
beforeAll(async () => {
  server = await startPlayer();
});
afterAll(() => server.close());

/** What the events of a whole attempt tell, put together. */
function told(events: readonly ProviderEvent[]) {
  const call = { id: "", name: "", arguments: "" };
  let text = "";
  let reasoning = "";
  for (const event of events) {
    if (event.type !== "delta") continue;
    text += event.text ?? "";
    reasoning += event.reasoning ?? "";
    call.id += event.tool_call?.id ?? "";
    call.name += event.tool_call?.name ?? "";
    call.arguments += event.tool_call?.arguments ?? "";
  }
  const head = events.find((event) => event.type === "head");
  return { text, reasoning, call, dropped: head?.dropped ?? [], last: events.at(-1) };
}

/** What they must tell, but for what the family can't. */
function expected({ text = [], reasoning = "", call, reason }: Told, wire: Wire, cannot: readonly Cannot[]) {
  const hidden = cannot.some(({ how }) => how === "hidden");
  return {
    text: text.join(""),
    reasoning: hidden ? "" : reasoning,
    call: call ?? { id: "", name: "", arguments: "" },
    dropped: cannot.flatMap((row) => (row.how === "dropped" ? row.what : [])),
    last: { type: "finish", reason, model: wire.answers, usage },
  };
}

const names = Object.keys(conversations) as ConversationName[];

describe.each(wires)("$family", (wire) => {
  test.each(names)("asks and is told as its provider documents: %s", async (name) => {
    const { request, told: answer } = conversations[name];
    server.play(wire.plays(answer));
    const link = linkTo(server.url + wire.base, { provider: wire.family, model: wire.model });
    const { events, failure } = await attempt(providers[wire.family], link, request);
    expect(failure).toBeNull();
    const { path, headers, body } = server.calls.at(-1) ?? {};
    expect(path).toBe(wire.path);
    expect(headers).toMatchObject(wire.keyHeaders(secret));
    expect(body).toEqual({ ...wire.always, ...wire.asked[name] });
    expect(told(events)).toEqual(expected(answer, wire, wire.cannot[name] ?? []));
  });
});

const filtered = wires.flatMap(({ family, cannot }) =>
  Object.values(cannot)
    .flat()
    .flatMap((row) => (row.how === "filtered" ? [{ family, what: row.what }] : [])),
);

test.each(filtered)("$family is passed over for $what where a link does not say that it can", (row) => {
  const fallback_chain = [{ id: "one", provider: row.family, model: "unheard-of" }];
  const [link] = linksOf({ fallback_chain }, []);
  expect(link?.capabilities[row.what]).toBe(false);
});

test("every family that is reached over HTTP is among them", () => {
  const tested = wires.map(({ family }) => family);
  expect(tested.toSorted()).toEqual((Object.keys(providers) as HttpProviderName[]).toSorted());
});
