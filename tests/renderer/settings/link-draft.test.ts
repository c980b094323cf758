import { describe, expect, test } from "vitest";
import type { LinkConfig } from "../../../electron/contract/index.ts";
import {
  chainWith,
  draftOfLink,
  draftOfPreset,
  freeId,
  ggufPreset,
  linkOfDraft,
  otherPreset,
  presetOfLink,
} from "../../../renderer/settings/link-draft.ts";
import { presets } from "../support/fixtures.ts";

const [openai, , , lmStudio] = presets;
if (openai === undefined || lmStudio === undefined) throw new Error("the fixtures lack a preset");

describe("a new link", () => {
  test("takes the capabilities and the price of a model that its preset knows", () => {
    const result = linkOfDraft(draftOfPreset(openai, []), openai, null, []);
    expect(result).toEqual({
      link: {
        id: "openai",
        provider: "openai",
        model: "gpt-5",
        capabilities: { vision: true, tools: true, json_schema: true, context_window: 400_000 },
        price: { input: 1.25, output: 10 },
      },
    });
  });

  test("of a compatible service on this machine is of the local tier", () => {
    const draft = { ...draftOfPreset(lmStudio, []), model: "qwen3-4b" };
    expect(linkOfDraft(draft, lmStudio, null, [])).toMatchObject({ link: { tier: "local" } });
  });

  test("gets a name that is still free", () => {
    expect(freeId("openai", ["openai", "openai-2"])).toBe("openai-3");
  });

  test("says in words what is wrong with each field", () => {
    const draft = {
      ...draftOfPreset(openai, []),
      id: "a b",
      model: " ",
      base_url: "nowhere",
      timeout: "soon",
    };
    const result = linkOfDraft(draft, openai, null, []);
    expect(result).toEqual({
      errors: {
        id: expect.stringMatching(/^The name "a b" is not a link id/),
        model: expect.stringMatching(/^The model is empty/),
        base_url: 'The address "nowhere" is not an http or https address.',
        timeout: expect.stringMatching(/^The time limit "soon" is not a duration/),
      },
    });
  });

  test("has a price and a breaker of its own where they are given", () => {
    const draft = {
      ...draftOfPreset(openai, []),
      price_input: "0.5",
      price_output: "4",
      failure_threshold: "2",
      recovery_timeout: "1m",
    };
    expect(linkOfDraft(draft, openai, null, [])).toMatchObject({
      link: {
        price: { input: 0.5, output: 4 },
        breaker: { failure_threshold: 2, recovery_timeout: "1m" },
      },
    });
  });

  test("says of prices and breaker what the config file would be told", () => {
    const draft = {
      ...draftOfPreset(openai, []),
      price_input: "-1",
      failure_threshold: "often",
      recovery_timeout: "30",
      half_open_max_calls: "0",
    };
    expect(linkOfDraft(draft, openai, null, [])).toEqual({
      errors: {
        price_input: "The price of what is sent -1 is too small: it must be at least 0.",
        price_output: "The price of what is answered is missing: write a number.",
        failure_threshold: 'The number of failures "often" is not a whole number.',
        recovery_timeout: expect.stringMatching(
          /^The rest "30" is not a duration: write a number and a unit/,
        ),
        half_open_max_calls: "The number of trials 0 is too small: it must be more than 0.",
      },
    });
  });

  test("may not take the name of another one", () => {
    const result = linkOfDraft(draftOfPreset(openai, []), openai, null, ["openai"]);
    expect(result).toMatchObject({ errors: { id: expect.stringContaining("used by another link") } });
  });

  test("of another service needs an address", () => {
    const draft = { ...draftOfPreset(otherPreset, []), model: "m" };
    expect(linkOfDraft(draft, otherPreset, null, [])).toMatchObject({
      errors: { base_url: expect.stringContaining("The address is empty") },
    });
  });
});

describe("an edited link", () => {
  const link: LinkConfig = {
    id: "primary",
    provider: "openai",
    model: "gpt-5",
    timeout: "20s",
    weight: 3,
    price: { input: 1, output: 2 },
  };

  test("keeps what the form does not show", () => {
    expect(linkOfDraft(draftOfLink(link), openai, link, [])).toEqual({ link });
  });

  test("loses a time limit that was emptied", () => {
    const draft = { ...draftOfLink(link), timeout: "" };
    const { timeout: _gone, ...rest } = link;
    expect(linkOfDraft(draft, openai, link, [])).toEqual({ link: rest });
  });

  test("keeps the keys of its breaker that the form does not show, and loses those that were emptied", () => {
    const broken = { ...link, breaker: { failure_threshold: 2, window: "60s", failure_rate: 0.3 } };
    const draft = { ...draftOfLink(broken), failure_threshold: "" };
    expect(linkOfDraft(draft, openai, broken, [])).toEqual({
      link: { ...link, breaker: { window: "60s", failure_rate: 0.3 } },
    });
  });

  test("does not keep the price of the model before", () => {
    const draft = { ...draftOfLink(link), model: "unknown-model" };
    expect(linkOfDraft(draft, openai, link, [])).toMatchObject({
      link: { model: "unknown-model", weight: 3 },
    });
    expect(linkOfDraft(draft, openai, link, [])).not.toHaveProperty("link.price");
  });

  test("finds its preset again by provider and address", () => {
    const local = { ...link, provider: "openai-compatible", base_url: "http://127.0.0.1:1234/v1" } as const;
    expect(presetOfLink(local, presets)).toBe(lmStudio);
    expect(presetOfLink({ ...link, provider: "llama" }, presets)).toBe(ggufPreset);
  });
});

test("a new cloud link stands before the local ones, and a local one at the end", () => {
  const chain: LinkConfig[] = [
    { id: "primary", provider: "openai", model: "m" },
    { id: "last-line", provider: "llama", model: "m" },
  ];
  const ids = (link: LinkConfig) => chainWith(chain, link).map((one) => one.id);
  expect(ids({ id: "new", provider: "anthropic", model: "m" })).toEqual(["primary", "new", "last-line"]);
  expect(ids({ id: "new", provider: "ollama", model: "m" })).toEqual(["primary", "last-line", "new"]);
});
