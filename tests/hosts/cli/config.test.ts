import { describe, expect, it } from "vitest";
import { CommandLine } from "../support/cli.ts";

const config = [
  "fallback_chain:",
  "  - { id: primary, provider: openai, model: gpt-5, timeouts: { first_token: 8s }, api_key_env: SOME_KEY }",
  "  - { id: own, provider: ollama, model: llama3.2 }",
  "hedge: { after: 6s }",
].join("\n");

describe("holdfast config check", () => {
  it("says that a file is right, and which link has no key yet", async () => {
    const line = new CommandLine(config);
    const { code, stdout } = await line.run(["config", "check"]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `${line.folder}/holdfast.yaml can be used: primary, own.\nnote: primary has no key. Set SOME_KEY, or save one in the app's settings.\n`,
    );
    expect((await line.run(["config", "check"], { env: { SOME_KEY: "a-key" } })).stdout).not.toContain(
      "note:",
    );
  });

  it("exits with 78 for a file that can't be used, also where only the chain can tell", async () => {
    const wrong = await new CommandLine("hedge: { after: soon }").run(["config", "check"]);
    expect(wrong).toMatchObject({ code: 78, stdout: "" });
    expect(wrong.stderr).toMatch(/holdfast\.yaml:1:\d+ hedge\.after: /);
    const without = "fallback_chain: [{ id: a, provider: openai-compatible, model: m }]";
    const noAddress = await new CommandLine(without).run(["config", "check"]);
    expect(noAddress).toMatchObject({
      code: 78,
      stderr: "fallback_chain[a].base_url: is missing, and openai-compatible needs one\n",
    });
  });
});

describe("holdfast config explain", () => {
  it.each([
    [
      "hedge.after",
      /^hedge\.after\n {2}When the first token is later.*\n {2}Type: duration, p95, off\.\n {2}Default: off\.\n$/,
    ],
    ["threshold", /^cache\.threshold\n {2}The least cosine/],
    ["fallback_chain[0].retry.max_retries", /^fallback_chain\[\]\.retry\.max_retries\n {2}Caps the budget/],
    ["outbox", /^outbox\n {2}A group of keys\.\n\noutbox\.enabled\n/],
    ["log.level", /Default: info\./],
  ])("says what %s means, its type and its default", async (key, said) => {
    expect(await new CommandLine().run(["config", "explain", key])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(said),
    });
  });

  it("lists every key, and says so for one that there is not", async () => {
    const { stdout } = await new CommandLine().run(["config", "explain"]);
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining(["fallback_chain", "telemetry.otlp", "skip.next"]),
    );
    expect(await new CommandLine().run(["config", "explain", "hegde"])).toMatchObject({
      code: 2,
      stderr: 'There is no key "hegde". All keys: holdfast config explain\n',
    });
  });
});

it("holdfast config schema prints a JSON Schema, described", async () => {
  const { stdout } = await new CommandLine().run(["config", "schema"]);
  expect(JSON.parse(stdout).properties.deadline.description).toContain("Default: 5m.");
});

it("holdfast config show says what is in force and where it comes from, and no secret", async () => {
  const line = new CommandLine(config);
  const secrets = { SOME_KEY: "a-key-of-some-length", HOLDFAST_TOKEN: "a-token-of-some-length" };
  const env = {
    ...secrets,
    OTEL_EXPORTER_OTLP_ENDPOINT: "https://me:a-pass@traces.test:4318/otlp?key=a-key",
  };
  const { code, stdout } = await line.run(["config", "show"], { env });
  expect(code).toBe(0);
  for (const row of [
    /^fallback_chain\[primary\]\.timeouts\.first_token +8s {2}\(holdfast\.yaml\)$/m,
    /^fallback_chain\[primary\]\.timeouts\.connect +3s {2}\(default\)$/m,
    /^fallback_chain\[own\]\.tier +local {2}\(default\)$/m,
    /^hedge\.after +6s {2}\(holdfast\.yaml\)$/m,
    /^hedge\.with +next {2}\(default\)$/m,
    /^data_dir +.*\/data {2}\(HOLDFAST_DATA_DIR\)$/m,
    /^HOLDFAST_TOKEN +\(set\) {2}\(environment\)$/m,
    /^OTEL_EXPORTER_OTLP_ENDPOINT +https:\/\/\(hidden\)@traces\.test:4318\/otlp\?\(hidden\) {2}\(environment\)$/m,
  ])
    expect(stdout).toMatch(row);
  for (const secret of [...Object.values(secrets), "a-pass", "a-key"]) expect(stdout).not.toContain(secret);
  const json = JSON.parse((await line.run(["config", "show", "--json"], { env })).stdout);
  expect(json.keys).toContainEqual({ key: "hedge.after", value: "6s", source: "holdfast.yaml" });
});
