import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { linkConfig } from "../../electron/contract/index.ts";
import { loadPresets, parsePresets } from "../../electron/providers/index.ts";

const path = fileURLToPath(new URL("../../resources/providers.json", import.meta.url));

describe("the providers that come with the program", () => {
  const presets = loadPresets(path);

  test("are the ones that the settings page promises, each once", () => {
    expect(presets.map(({ id }) => id)).toEqual([
      "openai",
      "anthropic",
      "azure-openai",
      "bedrock",
      "vertex",
      "openrouter",
      "groq",
      "mistral",
      "deepseek",
      "together",
      "xai",
      "gemini",
      "ollama",
      "lm-studio",
      "llama-server",
      "vllm",
      "jan",
    ]);
  });

  test.each(presets)("$id makes a valid link of each of its models", (preset) => {
    for (const model of preset.models) {
      const { provider, base_url, api_key_env } = preset;
      const { capabilities, price } = model;
      const link = { id: preset.id, provider, model: model.id, base_url, api_key_env, capabilities, price };
      expect(linkConfig.safeParse(link).error).toBeUndefined();
    }
  });

  test.each(presets.filter(({ tier }) => tier === "cloud"))(
    "$id is asked over TLS, with a key that can be had",
    (preset) => {
      expect(preset.base_url).toMatch(/^https:/);
      expect(preset.api_key_env).toBeDefined();
      expect(preset.keys_url).toMatch(/^https:/);
      expect(preset.models.length).toBeGreaterThan(0);
    },
  );

  test.each(presets.filter(({ tier }) => tier === "local"))("$id is on this machine", ({ base_url }) => {
    expect(new URL(base_url ?? "").hostname).toBe("127.0.0.1");
  });

  test.each(presets)("$id names the page that its facts come from", ({ source }) => {
    expect(source).toMatch(/^https:\/\//);
  });
});

describe("presets that are not valid", () => {
  test("are refused with the file, the entry and the key", () => {
    const bad = JSON.stringify([{ id: "x", label: "X", provider: "telepathy", tier: "cloud", models: [] }]);
    expect(() => parsePresets(bad, "my.json")).toThrow(/my\.json[\s\S]*provider[\s\S]*\[0\]/);
  });

  test("are refused when they are no JSON", () => {
    expect(() => parsePresets("{", "my.json")).toThrow(/my\.json is not JSON/);
  });
});
