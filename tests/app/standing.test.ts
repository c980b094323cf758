import { expect, it } from "vitest";
import { Standing, type StandingNow } from "../../electron/app/standing.ts";
import type { EngineStatus } from "../../electron/contract/index.ts";

const engine: EngineStatus = {
  state: "idle",
  model: "starter.gguf",
  device: "cpu",
  restarts: 0,
  vram_bytes: null,
  gpu_unavailable: false,
  set_aside: [],
};

/** Looks at each of these in turn, and gives what was told. */
function told(...steps: Partial<StandingNow>[]) {
  const changes: object[] = [];
  let now: StandingNow = { level: "full", offline: null, circuits: [], engine, warnings: [] };
  const standing = new Standing(
    () => now,
    (change) => changes.push(change),
  );
  for (const step of [{}, ...steps]) {
    now = { ...now, ...step };
    standing.look();
    standing.look();
  }
  return changes;
}

it("tells once when links can't be reached, and when they can again", () => {
  expect(told({ offline: "unreachable" }, { offline: null })).toEqual([
    expect.objectContaining({ event: "connectivity", severity: "warn", offline: "unreachable" }),
    expect.objectContaining({ event: "connectivity", severity: "info", offline: null }),
  ]);
});

it("tells that the engine ended, that it was started again, and that a model was set aside", () => {
  const crashed = { ...engine, state: "crashed" as const, model: null };
  const model = { path: "/m", name: "m", crashes: 3, kind: "engine_crashed", reason: "", at: "" } as const;
  const again = { ...engine, restarts: 1, set_aside: [model] };
  expect(told({ engine: crashed }, { engine: again })).toEqual([
    expect.objectContaining({ event: "engine", severity: "warn", state: "crashed", model: "starter.gguf" }),
    expect.objectContaining({ event: "engine", severity: "warn", state: "restarted", restarts: 1 }),
    expect.objectContaining({
      event: "engine",
      severity: "warn",
      state: "set_aside",
      model: "m",
      crashes: 3,
    }),
  ]);
});

it("tells of each model that is set aside, also when another one was taken back at the same time", () => {
  const model = { path: "/a", name: "a", crashes: 3, kind: "engine_crashed", reason: "", at: "" } as const;
  const one = { ...engine, set_aside: [model] };
  const other = { ...engine, set_aside: [{ ...model, path: "/b", name: "b" }] };
  expect(told({ engine: one }, { engine: other }, { engine })).toEqual([
    expect.objectContaining({ state: "set_aside", model: "a" }),
    expect.objectContaining({ state: "set_aside", model: "b" }),
  ]);
});

it("tells the level as it moves, and each warning once", () => {
  expect(told({ level: "reduced" }, { warnings: ["A file was put aside."] })).toEqual([
    expect.objectContaining({ event: "level", from: "full", to: "reduced" }),
    expect.objectContaining({ event: "warning", text: "A file was put aside." }),
  ]);
});
