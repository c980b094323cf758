import { describe, expect, it } from "vitest";
import { linksOf } from "../../electron/app/links.ts";
import { isStarter, starterLink } from "../../electron/app/starter.ts";
import type { LinkConfig, Preset } from "../../electron/contract/index.ts";

const presets: Preset[] = [
  {
    id: "openai",
    label: "OpenAI",
    provider: "openai",
    tier: "cloud",
    checked: "2026-01-01",
    source: "this test",
    models: [
      {
        id: "known",
        capabilities: { vision: false, context_window: 1_000 },
        price: { input: 1, output: 2 },
      },
    ],
  },
];

const openai: LinkConfig = { id: "one", provider: "openai", model: "any" };
const one = (link: Partial<LinkConfig>) => linksOf({ fallback_chain: [{ ...openai, ...link }] }, presets)[0];
const tiers = (...chain: LinkConfig[]) => linksOf({ fallback_chain: chain }, presets).map(({ tier }) => tier);

describe("the tier of a link", () => {
  const remote = { provider: "ollama", model: "any", base_url: "http://10.0.0.5:11434" } as const;
  it.each<[string, Partial<LinkConfig>, string]>([
    ["a cloud provider", { provider: "anthropic" }, "cloud"],
    ["our engine", { provider: "llama" }, "local"],
    ["Ollama at its usual place", { provider: "ollama" }, "local"],
    ["Ollama on 127.0.0.1", { provider: "ollama", base_url: "http://127.0.0.1:11434" }, "local"],
    ["Ollama on 127.0.1.1", { provider: "ollama", base_url: "http://127.0.1.1:11434" }, "local"],
    ["Ollama on localhost", { provider: "ollama", base_url: "http://localhost:11434" }, "local"],
    ["Ollama on [::1]", { provider: "ollama", base_url: "http://[::1]:11434" }, "local"],
    ["Ollama on another machine", remote, "cloud"],
    [
      "Ollama at a name that only begins like loopback",
      { ...remote, base_url: "http://127.example.com" },
      "cloud",
    ],
    [
      "a compatible server on loopback",
      { provider: "openai-compatible", base_url: "http://127.0.0.1:8080/v1" },
      "cloud",
    ],
    ["what the config says", { provider: "llama", tier: "backup" }, "backup"],
  ])("of %s", (_, link, tier) => {
    expect(one(link)?.tier).toBe(tier);
  });

  it("is cloud for the first cloud link and backup for those after it, wherever local ones stand", () => {
    const llama: LinkConfig = { id: "local", provider: "llama", model: "m.gguf" };
    expect(tiers(openai, { ...openai, id: "two" }, llama, { ...openai, id: "three" })).toEqual([
      "cloud",
      "backup",
      "local",
      "backup",
    ]);
    expect(tiers(llama, openai)).toEqual(["local", "cloud"]);
  });
});

describe("the order of the links", () => {
  const ids = (...chain: LinkConfig[]) => linksOf({ fallback_chain: chain }, presets).map(({ id }) => id);

  it("is that of the config, until a priority says otherwise", () => {
    expect(ids({ ...openai, id: "a" }, { ...openai, id: "b" })).toEqual(["a", "b"]);
    expect(ids({ ...openai, id: "a", priority: 5 }, { ...openai, id: "b" })).toEqual(["b", "a"]);
    expect(ids({ ...openai, id: "a" }, { ...openai, id: "b", priority: 0.5 })).toEqual(["b", "a"]);
    expect(ids({ ...openai, id: "a", priority: 1 }, { ...openai, id: "b", priority: 1 })).toEqual(["a", "b"]);
  });

  it("decides which cloud link is the first one", () => {
    expect(tiers({ ...openai, id: "a", priority: 9 }, { ...openai, id: "b" })).toEqual(["cloud", "backup"]);
  });
});

describe("the variable of a link's key", () => {
  it.each<[string, Partial<LinkConfig>, string | null]>([
    ["OpenAI itself", {}, "OPENAI_API_KEY"],
    ["Anthropic itself", { provider: "anthropic" }, "ANTHROPIC_API_KEY"],
    ["a provider without a usual one", { provider: "ollama" }, null],
    [
      "another address, which must not get the provider's key",
      { base_url: "https://elsewhere.example/v1" },
      null,
    ],
    [
      "a resource at Azure",
      { provider: "azure-openai", base_url: "https://mine.openai.azure.com/openai/v1" },
      "AZURE_OPENAI_API_KEY",
    ],
    [
      "a host that only looks like Azure's",
      { provider: "azure-openai", base_url: "https://openai.azure.com.example/openai/v1" },
      null,
    ],
    [
      "Vertex in a region",
      { provider: "vertex", base_url: "https://europe-west4-aiplatform.googleapis.com/v1/projects/p" },
      "GOOGLE_ACCESS_TOKEN",
    ],
    [
      "a host that only ends like Google's",
      { provider: "vertex", base_url: "https://notaiplatform.googleapis.com.example" },
      null,
    ],
    ["Bedrock", { provider: "bedrock" }, "AWS_BEARER_TOKEN_BEDROCK"],
    [
      "Bedrock in a region",
      { provider: "bedrock", base_url: "https://bedrock-runtime.eu-west-1.amazonaws.com" },
      "AWS_BEARER_TOKEN_BEDROCK",
    ],
    ["what the config names", { api_key_env: "MINE" }, "MINE"],
    [
      "what the config names, at another address",
      { base_url: "https://a.example", api_key_env: "MINE" },
      "MINE",
    ],
  ])("for %s", (_, link, variable) => {
    expect(one(link)?.apiKeyEnv).toBe(variable);
  });
});

describe("a link", () => {
  it("leads to what its line in the config names", () => {
    const line = { provider: "vertex", model: "gemini", base_url: "https://eu.example/v1" } as const;
    expect(one(line)).toMatchObject({
      provider: "vertex",
      model: "gemini",
      baseUrl: "https://eu.example/v1",
    });
    expect(one({})).toMatchObject({ provider: "openai", model: "any", baseUrl: null });
  });
});

describe("the time limits of a link", () => {
  it("are longer for a model on this machine, which has to load first, and has no limit for the whole", () => {
    expect(one({})?.timeouts).toEqual({
      connectMs: 3_000,
      firstTokenMs: 20_000,
      idleMs: 15_000,
      totalMs: 180_000,
    });
    expect(one({ provider: "llama" })?.timeouts).toEqual({
      connectMs: 10_000,
      firstTokenMs: 120_000,
      idleMs: 60_000,
      totalMs: Number.POSITIVE_INFINITY,
    });
  });

  it("are those of the config where it names them; `timeout` is short for the whole", () => {
    const { timeouts } =
      one({ timeout: "30s", timeouts: { connect: "500ms", first_token: "2s", idle: "1m" } }) ?? {};
    expect(timeouts).toEqual({ connectMs: 500, firstTokenMs: 2_000, idleMs: 60_000, totalMs: 30_000 });
    expect(one({ timeout: "30s", timeouts: { total: "5s" } })?.timeouts.totalMs).toBe(5_000);
  });
});

describe("what a link can do, and what it costs", () => {
  it("is what the config says, else what the catalogue knows, else what the family can", () => {
    expect(one({ model: "known" })?.capabilities).toEqual({
      vision: false,
      tools: true,
      jsonSchema: true,
      prefill: false,
      logprobs: true,
      contextWindow: 1_000,
    });
    expect(one({ model: "known", capabilities: { vision: true } })?.capabilities).toMatchObject({
      vision: true,
      contextWindow: 1_000,
    });
    expect(one({ model: "unknown" })?.capabilities).toMatchObject({ vision: true, contextWindow: null });
    expect(one({ provider: "llama" })?.capabilities).toMatchObject({
      vision: false,
      tools: true,
      prefill: true,
    });
  });

  it("has a price only where one is known", () => {
    expect(one({ model: "known" })?.price).toEqual({ input: 1, output: 2 });
    expect(one({ model: "known", price: { input: 3, output: 4 } })?.price).toEqual({ input: 3, output: 4 });
    expect(one({ model: "unknown" })?.price).toBeNull();
    expect(one({ model: "known", provider: "anthropic" })?.price).toBeNull();
  });

  it("is of the level full in the cloud, minimal on this machine", () => {
    expect(one({})?.level).toBe("full");
    expect(one({ provider: "llama" })?.level).toBe("minimal");
    expect(one({ provider: "llama", level: "reduced" })?.level).toBe("reduced");
  });
});

describe("the starter model", () => {
  it("is the whole chain of a newcomer", () => {
    expect(linksOf({}, presets)).toMatchObject([{ id: "starter", provider: "llama", tier: "local" }]);
  });

  it.each([
    [starterLink.model, true],
    ["/opt/holdfast/resources/models/starter.gguf", true],
    ["/home/me/models/qwen3-4b.gguf", false],
    ["/home/me/better-starter.gguf", false],
  ])("is known by its file: %s", (model, is) => {
    expect(isStarter({ model })).toBe(is);
  });
});
