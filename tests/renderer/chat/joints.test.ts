import { expect, test } from "vitest";
import { BlockSplitter } from "../../../renderer/chat/markdown/blocks.ts";
import { jointsOf } from "../../../renderer/chat/markdown/joints.tsx";

/** Where a seam at the bar would be marked: before which block, and where it really is. */
function joint(marked: string) {
  const offset = marked.indexOf("|");
  const text = marked.replace("|", "");
  const blocks = new BlockSplitter().split(text);
  const [one] = jointsOf(text, blocks, [{ offset, link: "second" }]);
  return { before: one?.before, within: one?.within, blocks: blocks.length };
}

test.each([
  ["at the beginning", "|One.\n\nTwo.", { before: 0, within: "here", blocks: 2 }],
  ["between blocks", "One.\n\n|Two.", { before: 1, within: "here", blocks: 2 }],
  ["in the blank between blocks", "One.|\n\nTwo.", { before: 1, within: "here", blocks: 2 }],
  ["early in a block", "One.\n\nT|wo is longer.", { before: 1, within: "below", blocks: 2 }],
  ["late in a block", "One is lon|ger.\n\nTwo.", { before: 1, within: "above", blocks: 2 }],
  ["late in the last block", "One.\n\nTwo is lon|ger.", { before: 2, within: "above", blocks: 2 }],
  ["at the end", "One.\n\nTwo.|", { before: 2, within: "here", blocks: 2 }],
  ["in code", "```\na\n\n|b\nc\n```\n\nTwo.", { before: 0, within: "below", blocks: 2 }],
])("a seam %s is marked without breaking a block", (_where, marked, expected) => {
  expect(joint(marked)).toEqual(expected);
});
