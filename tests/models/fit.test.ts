import { expect, test } from "vitest";
import { fitOf, type Room } from "../../electron/models/index.ts";

const GB = 1e9;
const room: Room = {
  memoryBytes: 16 * GB,
  freeMemoryBytes: 8 * GB,
  vramBytes: null,
  freeDiskBytes: 20 * GB,
  weightsBytesPerSecond: 20 * GB,
};
const model: Parameters<typeof fitOf>[0] = {
  sizeBytes: 2 * GB,
  memoryBytes: 3 * GB,
  activeShare: 1,
  measuredTokensPerSecond: null,
};

test("a model with room to spare fits, and its speed follows from how fast weights are read", () => {
  expect(fitOf(model, room)).toMatchObject({ verdict: "fits", tokens_per_second: 10, measured: false });
  expect(fitOf({ ...model, activeShare: 0.5 }, room).tokens_per_second).toBe(20);
  expect(fitOf({ ...model, measuredTokensPerSecond: 7 }, room)).toMatchObject({
    tokens_per_second: 7,
    measured: true,
  });
});

test("a model that needs more memory than there is is too large", () => {
  const { verdict, reason } = fitOf({ ...model, memoryBytes: 16 * GB }, room);
  expect(verdict).toBe("too_large");
  expect(reason).toMatch(/needs about 16.0 GB.*this machine has 16.0 GB/);
});

test("a model that needs more memory than is free now is tight", () => {
  expect(fitOf({ ...model, memoryBytes: 9 * GB }, room).verdict).toBe("tight");
});

test("a GPU's memory counts too, and what it can't hold is said to run on the CPU", () => {
  const gpu = { ...room, vramBytes: 4 * GB };
  expect(fitOf(model, gpu).reason).toContain("The GPU can hold all of it.");
  const large = fitOf({ ...model, memoryBytes: 8 * GB }, gpu);
  expect(large).toMatchObject({ verdict: "fits", reason: expect.stringContaining("about 50 % of it") });
  expect(fitOf({ ...model, memoryBytes: 17 * GB }, gpu).verdict).toBe("tight");
  const { verdict, reason } = fitOf({ ...model, memoryBytes: 20 * GB }, gpu);
  expect([verdict, reason]).toEqual(["too_large", expect.stringContaining("and its GPU 4.0 GB")]);
});

test("a file that is larger than the free disk has no space, unless it is there already", () => {
  const large = { ...model, sizeBytes: 21 * GB };
  expect(fitOf(large, room).verdict).toBe("no_space");
  expect(fitOf(large, { ...room, freeDiskBytes: null }).verdict).toBe("fits");
});

test("without a word on its memory a model is judged by its size, and without that not at all", () => {
  expect(fitOf({ ...model, memoryBytes: null }, room).memory_bytes).toBe(2.3 * GB);
  expect(fitOf({ ...model, memoryBytes: null, sizeBytes: null }, room).verdict).toBe("unknown");
});
