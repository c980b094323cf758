import { expect, it } from "vitest";
import { brokenChains } from "./broken-chains.ts";
import { allFaults, type Cell, play } from "./cells.ts";
import { House } from "./house.ts";

type Broken = keyof typeof brokenChains;

/** What has to be found in the cell in which the first link has this fault, one person asking. */
const giveaways: readonly [Broken, fault: string, finding: string][] = [
  ["swallows retractions", "cut", "the deltas are not the answer"],
  ["swallows retractions", "cut in a tool call", "the deltas are not the answer"],
  ["swallows retractions", "cut in JSON", "the deltas are not the answer"],
  ["swallows retractions", "cut in the thoughts", "thoughts that its link did not have"],
  ["takes a torn answer for whole", "cut", "a truncated answer looks whole"],
  ["takes a torn answer for whole", "cut in JSON", "a truncated answer looks whole"],
  ["takes a torn answer for whole", "loop", "an answer that its link did not give"],
  ["asks everything twice", "cut", "hammered"],
  ["hides failed attempts", "cut", "the receipt tells of 0"],
  ["gives one person's words to the next", "cut", "words of another request"],
  ["gives up on a slow reader", "long answer, read slowly", "neither a whole answer nor a failure was told"],
  ["takes a last word for a link that is down", "401, retryable_only", "HTTP 503 instead of 401"],
  ["ends without a word", "cut", "neither a whole answer nor a failure was told"],
];

function cellOf(name: string): Cell {
  const fault = allFaults.find((one) => one.name === name);
  if (!fault) throw new Error(`There is no fault "${name}".`);
  return { fault, position: "first", streaming: true, concurrency: 1 };
}

it.each(giveaways)("a chain that %s turns the cell red: %s", async (chain, fault, finding) => {
  await using house = await House.open(brokenChains[chain]);
  const { wrongs } = await play(house, cellOf(fault));
  expect([...wrongs.keys()].join("\n")).toContain(finding);
});

it("every way to break the chain is found out", () => {
  expect(new Set(giveaways.map(([chain]) => chain))).toEqual(new Set(Object.keys(brokenChains)));
});

it("the sound chain leaves such a cell as it should be", async () => {
  await using house = await House.open();
  const { wrongs } = await play(house, cellOf("cut"));
  expect([...wrongs.keys()]).toEqual([]);
});
