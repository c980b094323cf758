import { expect, it } from "vitest";
import { brokenChains } from "./broken-chains.ts";
import { allFaults, play } from "./cells.ts";
import { House } from "./house.ts";

const fault = allFaults.find(({ name }) => name === "cut");

/** What has to be found in the cell in which the first link's answers are cut, one person asking. */
const giveaways: Record<keyof typeof brokenChains, string> = {
  "swallows retractions": "the deltas are not the answer",
  "takes a torn answer for whole": "a truncated answer looks whole",
  "asks everything twice": "hammered",
  "hides failed attempts": "the receipt tells of 0",
  "gives one person's words to the next": "words of another request",
  "ends without a word": "neither a whole answer nor a failure was told",
};

it.each(Object.entries(brokenChains))("a chain that %s turns the cell red", async (name, breaks) => {
  if (!fault) throw new Error("There is no such fault.");
  await using house = await House.open(breaks);
  const { wrongs } = await play(house, { fault, position: "first", streaming: true, concurrency: 1 });
  expect([...wrongs.keys()].join("\n")).toContain(giveaways[name as keyof typeof brokenChains]);
});

it("the sound chain leaves the same cell as it should be", async () => {
  if (!fault) throw new Error("There is no such fault.");
  await using house = await House.open();
  const { wrongs } = await play(house, { fault, position: "first", streaming: true, concurrency: 1 });
  expect([...wrongs.keys()]).toEqual([]);
});
