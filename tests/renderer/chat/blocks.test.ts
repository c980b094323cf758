import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BlockSplitter } from "../../../renderer/chat/markdown/blocks.ts";

const sources = (text: string) => new BlockSplitter().split(text).map((block) => block.source);

describe("Markdown is cut into blocks", () => {
  test("at blank lines between paragraphs", () => {
    expect(sources("One.\n\nTwo.\n\n# Three\n")).toEqual(["One.\n\n", "Two.\n\n", "# Three\n"]);
  });

  test("but not inside a code fence", () => {
    const code = "```ts\na\n\nb\n```\n";
    expect(sources(`${code}\nAfter.\n`)).toEqual([`${code}\n`, "After.\n"]);
  });

  test("and not inside a list with blank lines and indented parts", () => {
    const list = "1. one\n\n   more of one\n\n2. two\n\n";
    expect(sources(`${list}After.\n`)).toEqual([list, "After.\n"]);
  });

  test("and a fence of tildes is not closed by backticks", () => {
    const code = "~~~\n```\n\nstill code\n~~~\n";
    expect(sources(code)).toEqual([code]);
  });

  test("and a code fence that is too long is closed and opened again at each cut", () => {
    const line = `${"x".repeat(99)}\n`;
    const blocks = new BlockSplitter().split(`\`\`\`ts\n${line.repeat(200)}\`\`\`\n`);
    expect(blocks.length).toBeGreaterThan(1);
    expect(blocks.every((block) => block.source.startsWith("```ts\n"))).toBe(true);
    expect(blocks.slice(1).every((block) => block.continued)).toBe(true);
  });

  test("and a single line without end is cut too", () => {
    const blocks = new BlockSplitter().split("word ".repeat(20_000));
    expect(Math.max(...blocks.map((block) => block.source.length))).toBeLessThanOrEqual(16_000);
  });
});

const lines = fc.constantFrom(
  "text",
  "",
  "- item",
  "  indented",
  "```",
  "~~~",
  "1. one",
  "> quote",
  "| a | b |",
);

test("a text that grows piece by piece ends in the same blocks as the whole text at once", () => {
  fc.assert(
    fc.property(
      fc.array(lines, { maxLength: 60 }),
      fc.array(fc.nat({ max: 400 }), { maxLength: 8 }),
      (all, cuts) => {
        const text = all.join("\n");
        const growing = new BlockSplitter();
        for (const cut of cuts.toSorted((a, b) => a - b)) growing.split(text.slice(0, cut));
        expect(growing.split(text)).toEqual(new BlockSplitter().split(text));
      },
    ),
  );
});

test("no character is lost or doubled outside of cut code fences", () => {
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 60 }), (all) => {
      const text = all.join("\n");
      expect(sources(text).join("").trimEnd()).toBe(text.trimEnd());
    }),
  );
});

test("a text that is replaced begins anew", () => {
  const splitter = new BlockSplitter();
  splitter.split("Old.\n\nText.");
  expect(splitter.split("New.").map((block) => block.source)).toEqual(["New."]);
});
