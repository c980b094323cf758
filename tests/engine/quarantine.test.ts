import { describe, expect, it } from "vitest";
import { BackOff } from "../../electron/engine/back-off.ts";
import { EngineFailure } from "../../electron/engine/failure.ts";
import { type ModelFile, Quarantine } from "../../electron/engine/quarantine.ts";
import { FakeClock, settle } from "../fixtures/fake-clock.ts";

const clock = new FakeClock();
const crash = new EngineFailure("engine_crashed", "The engine's process ended.");
const file: ModelFile = { path: "/models/odd.gguf", sizeBytes: 10, mtimeMs: 1 };
const other: ModelFile = { ...file, path: "/models/good.gguf" };

/** A place for the record, as the app's saved state is one. */
function memory() {
  return {
    json: null as string | null,
    load() {
      return this.json;
    },
    save(json: string) {
      this.json = json;
    },
  };
}

const over = (store = memory()) => new Quarantine({ clock, store, onChange: () => {} });

function crashed(quarantine: Quarantine, times: number): void {
  for (let time = 0; time < times; time++) quarantine.crashed(file, crash);
}

describe("models that make the engine crash", () => {
  it("are let in after two crashes, and set aside after three, with the reason; others are not", () => {
    const quarantine = over();
    crashed(quarantine, 2);
    quarantine.admit(file);
    expect(quarantine.setAside).toEqual([]);
    crashed(quarantine, 1);
    expect(() => quarantine.admit(file)).toThrow(
      /odd\.gguf is set aside, because the engine ended 3 times in a row with it: The engine's process ended\./,
    );
    expect(quarantine.setAside).toMatchObject([{ name: "odd.gguf", crashes: 3, kind: "engine_crashed" }]);
    quarantine.admit(other);
  });

  it("begin anew with a whole answer", () => {
    const quarantine = over();
    crashed(quarantine, 2);
    quarantine.answered(file);
    crashed(quarantine, 2);
    quarantine.admit(file);
  });

  it("are remembered over a restart", () => {
    const store = memory();
    crashed(over(store), 2);
    const next = over(store);
    crashed(next, 1);
    expect(() => over(store).admit(file)).toThrow(EngineFailure);
  });

  it("are tried again when the file has changed", () => {
    const quarantine = over();
    crashed(quarantine, 3);
    quarantine.admit({ ...file, mtimeMs: 2 });
    expect(quarantine.setAside).toEqual([]);
  });

  it("are tried again when the person asks for it", () => {
    const quarantine = over();
    crashed(quarantine, 3);
    expect(quarantine.lift(file.path)).toBe(true);
    expect(quarantine.lift(file.path)).toBe(false);
    quarantine.admit(file);
  });

  it("are forgotten where another version left a record that can't be read", () => {
    const store = memory();
    store.json = '{"version":99}';
    expect(over(store).setAside).toEqual([]);
    store.json = "{";
    expect(over(store).setAside).toEqual([]);
  });
});

describe("the back-off", () => {
  it("starts again at once after one death, and ever later after more in a row", async () => {
    const time = new FakeClock();
    const backOff = new BackOff(time);
    const waits: number[] = [];
    for (let death = 0; death < 9; death++) {
      backOff.died();
      const from = time.monotonic();
      const ready = backOff.wait(undefined).then(() => waits.push(time.monotonic() - from));
      await settle();
      await time.advance(8_000);
      await ready;
    }
    expect(waits).toEqual([0, 250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  it("is over when the process did what it is for", async () => {
    const backOff = new BackOff(clock);
    for (let death = 0; death < 5; death++) backOff.died();
    backOff.worked();
    await backOff.wait(undefined);
  });

  it("is left at once by whoever stops", async () => {
    const time = new FakeClock();
    const backOff = new BackOff(time);
    for (let death = 0; death < 5; death++) backOff.died();
    const stop = new AbortController();
    const waiting = backOff.wait(stop.signal);
    waiting.catch(() => {});
    stop.abort(new Error("stopped"));
    await settle();
    await expect(waiting).rejects.toThrow("stopped");
    expect(time.waiting).toBe(0);
  });
});
