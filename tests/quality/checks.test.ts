import { describe, expect, it } from "vitest";
import type { Answer, RequirementSpec } from "../../electron/contract/index.ts";
import { requirementSpec } from "../../electron/contract/index.ts";
import { JsonSchemas, requirementOf } from "../../electron/quality/index.ts";
import { asking } from "./support.ts";

const tools = {
  schemas: new JsonSchemas(),
  ask: () => {
    throw new Error("nothing may be asked");
  },
};
const context = { signal: new AbortController().signal, remainingMs: 1_000 };
const answerOf = (text: string): Answer => ({ text, tool_calls: [], finish_reason: "stop" });
async function passes(spec: RequirementSpec, text: string): Promise<boolean | null> {
  const verdict = await requirementOf(spec, tools).validate(answerOf(text), asking, context);
  return typeof verdict === "boolean" ? verdict : verdict.ok;
}

const schema = {
  type: "object",
  properties: {
    name: { type: "string", pattern: "^[a-z]+$" },
    code: { type: "string", pattern: "^[0-9]+$" },
    when: { type: "string", format: "date" },
  },
  required: ["name"],
  additionalProperties: false,
};

const rows: [RequirementSpec, good: string, bad: string][] = [
  [{ check: "json" }, '{"a": 1}', "```json\n{}\n```"],
  [{ check: "json_schema", schema }, '{"name":"a","code":"1","when":"2026-02-28"}', '{"name":"A"}'],
  [{ check: "json_schema", schema }, '{"name":"a"}', '{"name":"a","code":"a"}'],
  [{ check: "json_schema", schema }, '{"name":"a"}', '{"name":"a","when":"2026-02-31"}'],
  [{ check: "json_schema", schema }, '{"name":"a"}', '{"name":"a","more":1}'],
  [{ check: "max_length", words: 3 }, "one two three", "one two three four"],
  [{ check: "max_length", characters: 3 }, "a👩‍👩‍👧b", "abcd"],
  [{ check: "min_length", words: 2 }, "今日は晴れ", "one"],
  [{ check: "matches", pattern: "^\\d+\\.", flags: "m" }, "List:\n1. one", "- one"],
  [{ check: "not_matches", pattern: "todo", flags: "i" }, "Done", "A TODO"],
  [{ check: "contains", text: "Paris" }, "In Paris.", "In paris."],
  [{ check: "not_contains", text: "paris", ignore_case: true }, "In Rome.", "In PARIS."],
  [
    { check: "language", language: "de" },
    "Die Katze liegt auf dem Ofen und wartet darauf, dass jemand ihr etwas zu fressen gibt.",
    "The cat lies on the stove and waits for somebody to give her something to eat tonight.",
  ],
  [{ check: "no_refusal" }, "Sorry to hear that. Here is help.", "I'm sorry, but I can't help with that."],
  [{ check: "no_refusal" }, "I can't wait to tell you.", "Es tut mir leid, dabei kann ich nicht helfen."],
];

describe("requirements as data", () => {
  it.each(rows)("%o tells good from bad", async (spec, good, bad) => {
    expect(await passes(spec, good)).toBe(true);
    expect(await passes(spec, bad)).toBe(false);
  });

  it("says what is wrong, and names the place in the JSON", async () => {
    const check = requirementOf({ check: "json_schema", schema }, tools);
    expect(await check.validate(answerOf('{"name":1}'), asking, context)).toEqual({
      ok: false,
      why: "The JSON breaks its schema at /name: must be string.",
    });
  });

  it("lets a text pass whose language can't be told", async () => {
    expect(await passes({ check: "language", language: "de" }, "42")).toBe(true);
  });

  it("gives up a pattern that would search for years", async () => {
    const slow = { check: "matches", pattern: "^(a+)+$" } as const;
    await expect(passes(slow, `${"a".repeat(60)}!`)).rejects.toThrow(/took more than/);
  });

  it("gives up such a pattern in a schema, too", async () => {
    const slow = { check: "json_schema", schema: { type: "string", pattern: "^(a+)+$" } } as const;
    await expect(passes(slow, JSON.stringify(`${"a".repeat(60)}!`))).rejects.toThrow(/took more than/);
  });

  it("does not fetch a schema from elsewhere", async () => {
    const remote = { check: "json_schema", schema: { $ref: "https://example.com/s.json" } } as const;
    await expect(passes(remote, "{}")).rejects.toThrow(/resolve/);
  });

  it("takes a person's own name and words", () => {
    const own = requirementOf({ check: "json", name: "config", repair: "Mind the braces." }, tools);
    expect([own.name, own.repair]).toEqual(["config", "Mind the braces."]);
  });

  it.each([
    [{ check: "max_length" }, /words.*characters/],
    [{ check: "matches", pattern: "(" }, /regular expression/],
    [{ check: "language", language: "German" }, /code/],
    [{ check: "jsonn" }, /./],
  ])("refuses %o with a word that helps", (spec, word) => {
    const { success, error } = requirementSpec.safeParse(spec);
    expect(success).toBe(false);
    expect(error?.issues[0]?.message).toMatch(word);
  });
});
