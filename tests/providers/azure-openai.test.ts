import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { azureOpenaiProvider } from "../../electron/providers/index.ts";
import { attempt, hello, linkTo, options, secret, textOf } from "./harness.ts";
import { dataEvents, type Player, startPlayer } from "./wire/player.ts";

const provider = azureOpenaiProvider(options);

let server: Player;
beforeAll(async () => {
  server = await startPlayer();
});
afterAll(() => server.close());

const link = (path: string) => linkTo(server.url + path, { provider: "azure-openai", model: "my-gpt" });

const fine = dataEvents(
  { choices: [{ delta: { content: "Fine." } }] },
  { choices: [{ delta: {}, finish_reason: "stop" }] },
);

describe("the address", () => {
  test.each([
    ["/openai/v1", "/openai/v1/chat/completions"],
    ["/openai/v1/", "/openai/v1/chat/completions"],
    ["", "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21"],
    ["/openai", "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21"],
    ["?api-version=2025-04-01", "/openai/deployments/my-gpt/chat/completions?api-version=2025-04-01"],
  ])("of a resource given as …%s is …%s", async (path, asked) => {
    server.play(fine);
    await attempt(provider, link(path));
    expect(server.calls.at(-1)?.path).toBe(asked);
  });

  test("is required, and its absence says what to set", async () => {
    const { failure } = await attempt(provider, linkTo(null, { provider: "azure-openai" }));
    expect(failure?.kind).toBe("invalid_request");
    expect(failure?.message).toContain("base_url");
  });
});

describe("the key", () => {
  test("goes into api-key and nowhere else", async () => {
    server.play(fine);
    const { events } = await attempt(provider, link("/openai/v1"));
    expect(textOf(events)).toBe("Fine.");
    expect(server.calls.at(-1)?.headers["api-key"]).toBe(secret);
    expect(server.calls.at(-1)?.headers.authorization).toBeUndefined();
  });

  test("is required", async () => {
    const { failure } = await attempt(azureOpenaiProvider({ ...options, apiKey: () => null }), link(""));
    expect(failure?.kind).toBe("auth");
  });
});

describe("the content filter", () => {
  test("that holds back the request is content_policy, and says for what", async () => {
    server.play({
      status: 400,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        error: {
          message: "The response was filtered due to the prompt triggering a content management policy.",
          code: "content_filter",
          status: 400,
          innererror: {
            code: "ResponsibleAIPolicyViolation",
            content_filter_result: {
              hate: { filtered: false, severity: "safe" },
              jailbreak: { filtered: true, detected: true },
              violence: { filtered: true, severity: "high" },
            },
          },
        },
      }),
    });
    const { failure } = await attempt(provider, link("/openai/v1"));
    expect(failure).toMatchObject({ kind: "content_policy", status: 400 });
    expect(failure?.message).toContain("It says: jailbreak, violence (high). The response was filtered");
  });

  test("that cuts the answer off is content_policy, and says for what", async () => {
    server.play(
      dataEvents(
        { choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] },
        { choices: [{ index: 0, delta: { content: "First, " }, finish_reason: null }] },
        {
          choices: [
            {
              index: 0,
              delta: {},
              finish_reason: "content_filter",
              content_filter_results: { self_harm: { filtered: true, severity: "medium" } },
            },
          ],
        },
      ),
    );
    const { events, failure } = await attempt(provider, link("/openai/v1"));
    expect(textOf(events)).toBe("First, ");
    expect(failure?.kind).toBe("content_policy");
    expect(failure?.message).toContain("self_harm (medium)");
  });

  test("that found nothing to hold back is not spoken of", async () => {
    const verdict = { hate: { filtered: false, severity: "low" } };
    server.play(
      dataEvents(
        { choices: [{ delta: { content: "Fine." }, content_filter_results: verdict }] },
        { choices: [{ delta: {}, finish_reason: "stop", content_filter_results: {} }] },
      ),
    );
    const { events, failure } = await attempt(provider, link("/openai/v1"), hello);
    expect(failure).toBeNull();
    expect(textOf(events)).toBe("Fine.");
  });
});
