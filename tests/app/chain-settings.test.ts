import { describe, expect, it, vi } from "vitest";
import { ChainSettings } from "../../electron/app/chain-settings.ts";
import { starterLink } from "../../electron/app/starter.ts";
import type { Config, LinkConfig } from "../../electron/contract/index.ts";
import { Secrets } from "../../electron/store/index.ts";
import { folderForTest, memoryVault, openSettingsFile } from "./support.ts";

const link: LinkConfig = { id: "first", provider: "openai", model: "any" };

function setUp(file: Config | null = null, folder = folderForTest()) {
  const store = openSettingsFile(folder);
  const vault = memoryVault();
  const onChange = vi.fn();
  const settings = new ChainSettings({
    store,
    secrets: new Secrets({ env: { MINE: "from-env" }, vaults: [vault.find] }),
    file: file === null ? null : { path: "/somewhere/holdfast.yaml", config: file },
    presets: [],
    families: ["openai", "llama"],
    onChange,
    onKeyChange: () => {},
  });
  return { settings, store, onChange, folder, kept: vault.kept };
}

describe("without a config file", () => {
  it("is a newcomer's chain of the starter model, written out so that it can be changed", () => {
    const { settings } = setUp();
    expect(settings.config).toEqual({ fallback_chain: [starterLink] });
    expect(settings.links.map(({ id }) => id)).toEqual(["starter"]);
    expect(settings.file).toBeNull();
  });

  it("takes a new config at once, tells of it, and finds it again after a restart", () => {
    const { settings, onChange, folder } = setUp();
    const config: Config = { fallback_chain: [link], skip: "retryable_only" };
    expect(settings.setConfig(config)).toEqual(config);
    expect(settings.links.map(({ id }) => id)).toEqual(["first"]);
    expect(settings.rules.skip.preset).toBe("retryable_only");
    expect(onChange).toHaveBeenCalledOnce();
    expect(setUp(null, folder).settings.config).toEqual(config);
  });

  it("refuses a provider that this version does not have, and everything stays as it was", () => {
    const { settings, store, onChange } = setUp();
    const unknown: LinkConfig = { ...link, id: "far", provider: "bedrock" };
    expect(() => settings.setConfig({ fallback_chain: [unknown] })).toThrow(
      expect.objectContaining({
        kind: "invalid",
        message: 'Link "far": this version has no provider "bedrock". It has: openai, llama.',
      }),
    );
    expect(settings.links.map(({ id }) => id)).toEqual(["starter"]);
    expect(store.get().config).toEqual({});
    expect(onChange).not.toHaveBeenCalled();
  });
});

describe("with a config file", () => {
  it("stands above the settings, and can't be changed from the app", () => {
    const { settings, store, onChange } = setUp({ fallback_chain: [link] });
    store.update({ config: { fallback_chain: [{ ...link, id: "from-the-settings" }] } });
    expect(settings.links.map(({ id }) => id)).toEqual(["first"]);
    expect(() => settings.setConfig({})).toThrow(
      expect.objectContaining({
        kind: "conflict",
        message: expect.stringContaining("The chain is set by /somewhere/holdfast.yaml: change it there"),
      }),
    );
    expect(onChange).not.toHaveBeenCalled();
  });

  it("leaves the theme to the person", () => {
    const { settings, folder } = setUp({ fallback_chain: [link] });
    expect(settings.setTheme("dark").theme).toBe("dark");
    expect(setUp(null, folder).settings.settings.theme).toBe("dark");
  });

  it("can't be built from a file that names an unknown provider", () => {
    expect(() => setUp({ fallback_chain: [{ ...link, provider: "vertex" }] })).toThrow(
      /no provider "vertex"/,
    );
  });
});

describe("the rules", () => {
  it("answer always, continue a broken answer, and end after five minutes, unless the config says otherwise", () => {
    expect(setUp().settings.rules).toMatchObject({
      skip: { preset: "always_answer", next: [], stop: [] },
      recovery: "continue",
      deadlineMs: 300_000,
      offline: { message: expect.stringContaining("No link"), retryAfterMs: 60_000 },
    });
    const config: Config = {
      skip: "retryable_only",
      recovery: "restart",
      deadline: "90s",
      offline: { message: "Later.", retry_after: "2m" },
    };
    expect(setUp(config).settings.rules).toMatchObject({
      skip: { preset: "retryable_only", next: [], stop: [] },
      recovery: "restart",
      deadlineMs: 90_000,
      offline: { message: "Later.", retryAfterMs: 120_000 },
    });
  });
});

describe("the keys", () => {
  it("are told of for each link of the chain, by where they are and never by what they are", async () => {
    const chain = [link, { ...link, id: "second", api_key_env: "MINE" }, { ...link, id: "third" }];
    const { settings, kept } = setUp({ fallback_chain: chain });
    const info = await settings.setSecret("first", "sk-secret");
    expect(info).toMatchObject({ writable: true, present: { first: "stored", second: "environment" } });
    expect(Object.keys(info.present)).toEqual(["first", "second"]);
    expect(JSON.stringify(info)).not.toMatch(/sk-secret|from-env/);
    expect([...kept]).toEqual([["first", "sk-secret"]]);
    expect((await settings.removeSecret("first")).present).toEqual({ second: "environment" });
    expect(kept.size).toBe(0);
  });
});
