import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allFaults, type Cell, play } from "./cells.ts";
import { House } from "./house.ts";
import { cellName } from "./report.ts";

/** Rows that are played with a crowd too: one for each way in which an answer can go wrong. */
const crowded = [
  "503",
  "422",
  "reset before headers",
  "stall",
  "cut",
  "cut; others say the same",
  "cut; others continue",
  "cut in a tool call",
  "malformed chunk",
  "flapping",
];
/** Rows that take seconds a cell; the whole matrix has all of their cells. */
const dear = [
  "slow drip, too long",
  "slow first token, hedged",
  "thoughts in time, words later",
  "long answer, read slowly",
  "engine: SIGSTOP",
  "engine: SIGKILL",
  "engine: out of memory",
];

function partOf(fault: Cell["fault"]): Cell[] {
  const alone = { fault, concurrency: 1 } as const;
  if (dear.includes(fault.name)) return [{ ...alone, position: "second", streaming: true }];
  const crowd = { fault, concurrency: 32 } as const;
  return [
    { ...alone, position: "first", streaming: true },
    { ...alone, position: "second", streaming: false },
    { ...alone, position: "all", streaming: true },
    { ...alone, position: "all, then local", streaming: false },
    ...(crowded.includes(fault.name)
      ? ([
          { ...crowd, position: "first", streaming: true },
          { ...crowd, position: "all", streaming: false },
        ] as const)
      : []),
  ];
}

describe("a part of the fault matrix", () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open();
  });
  afterAll(() => house[Symbol.asyncDispose]());

  it.each(allFaults.map((fault) => [fault.name, fault] as const))(
    "has no red cell for %s",
    async (_, fault) => {
      const red: string[] = [];
      for (const cell of partOf(fault)) {
        const { wrongs } = await play(house, cell);
        for (const wrong of wrongs.keys()) red.push(`${cellName(cell)}: ${wrong}`);
      }
      expect(red).toEqual([]);
    },
  );
});
