import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { vertexProvider } from "../../electron/providers/index.ts";
import { dialectOf, geminiDialect, openaiRequest } from "../../electron/providers/openai-request.ts";
import { attempt, linkTo, options, textOf } from "./harness.ts";
import { dataEvents, type Player, startPlayer } from "./wire/player.ts";
import { fullRequest } from "./wire.ts";

const path = "/v1/projects/p/locations/global/endpoints/openapi";

let server: Player;
beforeAll(async () => {
  server = await startPlayer();
  server.play(dataEvents({ choices: [{ delta: { content: "Fine." }, finish_reason: "stop" }] }));
});
afterAll(() => server.close());

const withKey = (key: string | null) => vertexProvider({ ...options, apiKey: () => key });
const link = (model = "gemini-3.8-flash") => linkTo(server.url + path, { provider: "vertex", model });

describe("the key", () => {
  test("that is an access token goes as a bearer", async () => {
    const { events } = await attempt(withKey("ya29.token"), link());
    expect(textOf(events)).toBe("Fine.");
    expect(server.calls.at(-1)?.path).toBe(`${path}/chat/completions`);
    expect(server.calls.at(-1)?.headers.authorization).toBe("Bearer ya29.token");
    expect(server.calls.at(-1)?.headers["x-goog-api-key"]).toBeUndefined();
  });

  test.each(["AIzaSyTest0123456789", "AQ.Ab8RN6TestKey"])(
    "that is the API key %s goes as one",
    async (key) => {
      await attempt(withKey(key), link());
      expect(server.calls.at(-1)?.headers["x-goog-api-key"]).toBe(key);
      expect(server.calls.at(-1)?.headers.authorization).toBeUndefined();
    },
  );

  test("is required", async () => {
    const { failure } = await attempt(withKey(null), link());
    expect(failure?.kind).toBe("auth");
  });
});

test("a link without a base URL says what to set", async () => {
  const { failure } = await attempt(withKey("ya29.token"), linkTo(null, { provider: "vertex" }));
  expect(failure?.kind).toBe("invalid_request");
  expect(failure?.message).toContain("/endpoints/openapi");
});

test.each([
  ["gemini-3.8-flash", "google/gemini-3.8-flash"],
  ["meta/llama-4-maverick", "meta/llama-4-maverick"],
])("the model %s is asked for as %s", async (model, asked) => {
  await attempt(withKey("ya29.token"), link(model));
  expect(server.calls.at(-1)?.body.model).toBe(asked);
});

describe("an earlier tool call, whose thought nobody kept", () => {
  const signatures = (model: string, dialect = geminiDialect) =>
    openaiRequest(fullRequest, link(model), dialect).messages.flatMap((message) =>
      "tool_calls" in message ? (message.tool_calls ?? []).map((call) => "extra_content" in call) : [],
    );

  test("has the word that stands for its signature, once for the calls of a turn", () => {
    expect(signatures("google/gemini-3.8-flash")).toEqual([true, false]);
  });

  test("is left as it is for models that ask for no signature", () => {
    expect(signatures("google/gemini-2.5-flash")).toEqual([false, false]);
    expect(signatures("meta/llama-4-maverick")).toEqual([false, false]);
  });

  test("is signed at Google's other address too", () => {
    const dialect = dialectOf("https://generativelanguage.googleapis.com/v1beta/openai");
    expect(signatures("gemini-3.8-flash", dialect)).toEqual([true, false]);
  });
});
