import { describe, expect, it } from "vitest";
import { parseLabFile } from "../../electron/quality/index.ts";

describe("a file of prompts", () => {
  it("may be a plain list", () => {
    expect(parseLabFile("p.yaml", "- Why?\n- How?\n").prompts?.map(({ messages }) => messages)).toEqual([
      [{ role: "user", content: "Why?" }],
      [{ role: "user", content: "How?" }],
    ]);
  });

  it("may hold the run's settings, and requirements for each prompt", () => {
    const text = `
name: Mine
links: [cloud, local]
local_only: true
requirements: [{ check: no_refusal }]
prompts:
  - { prompt: Why?, system: Be brief., requirements: [{ check: max_length, words: 5 }] }
  - messages: [{ role: user, content: How? }]
    local_only: false
`;
    expect(parseLabFile("p.yaml", text)).toMatchObject({
      name: "Mine",
      links: ["cloud", "local"],
      requirements: [{ check: "no_refusal" }],
      prompts: [
        {
          messages: [{ role: "system" }, { role: "user", content: "Why?" }],
          requirements: [{ check: "max_length" }],
          local_only: true,
        },
        { messages: [{ content: "How?" }], local_only: false },
      ],
    });
  });

  it("may be JSONL", () => {
    expect(parseLabFile("p.jsonl", '{"prompt":"Why?"}\n\n"How?"\n').prompts).toHaveLength(2);
  });

  it.each([
    ["p.yaml", "prompts: [{ prompt: a, messages: [{ role: user, content: b }] }]", /prompt 1 needs either/],
    ["p.yaml", "a: 1", /Write a list/],
    ["p.yaml", "[", /not YAML/],
    ["p.jsonl", '"ok"\nno', /p\.jsonl:2 is not JSON/],
  ])("%s with %j is refused with a word that helps", (name, text, word) => {
    expect(() => parseLabFile(name, text)).toThrow(word);
  });
});
