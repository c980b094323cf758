import { expect, it, vi } from "vitest";
import { type BreakerLink, type BreakerStore, Breakers } from "../../electron/health/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { link } from "./support/links.ts";

class MemoryStore implements BreakerStore {
  saves = 0;
  json: string | null;

  constructor(json: string | null = null) {
    this.json = json;
  }

  load(): string | null {
    return this.json;
  }

  save(json: string): void {
    this.saves += 1;
    this.json = json;
  }
}

const sensitive = { failure_threshold: 1 };
const a: BreakerLink = { ...link("a"), breaker: sensitive };
const b: BreakerLink = { ...link("b"), breaker: sensitive };

function setUp(store: BreakerStore = new MemoryStore(), links: readonly BreakerLink[] = [a, b]) {
  const clock = new FakeClock();
  const onWarning = vi.fn();
  const onChange = vi.fn();
  const breakers = new Breakers({ clock, counts: () => true, store, onWarning, onChange });
  breakers.configure(links);
  return { clock, breakers, onWarning, onChange };
}

const fail = (breakers: Breakers, id: string) => breakers.tryAcquire(id)?.failure("server");
const states = (breakers: Breakers) =>
  Object.fromEntries(Object.entries(breakers.snapshot()).map(([id, { state }]) => [id, state]));

it("gives every link a breaker of its own, with the link's settings", () => {
  const { breakers } = setUp(new MemoryStore(), [a, link("b")]);
  fail(breakers, "a");
  fail(breakers, "b");
  expect(states(breakers)).toEqual({ a: "open", b: "closed" });
  expect(breakers.tryAcquire("a")).toBeNull();
  expect(breakers.refusal("a")?.reason).toBe("open");
  expect(breakers.refusal("b")).toBeNull();
});

it("never refuses a link that has left the chain", () => {
  const { breakers } = setUp();
  breakers.configure([b]);
  fail(breakers, "a");
  expect(breakers.tryAcquire("a")).not.toBeNull();
  expect(breakers.of("a")).toBeNull();
});

it("keeps a breaker across a change of the config that leaves its link alone", () => {
  const { breakers } = setUp();
  fail(breakers, "a");
  fail(breakers, "b");
  breakers.configure([
    { ...b, breaker: { failure_threshold: 2 } },
    { ...a, breaker: { ...sensitive } },
  ]);
  expect(states(breakers)).toEqual({ b: "closed", a: "open" });
});

it("starts anew for a link that leads elsewhere under the same name", () => {
  const { breakers } = setUp();
  fail(breakers, "a");
  breakers.configure([{ ...a, baseUrl: "https://mended.example/v1" }, b]);
  expect(states(breakers)).toMatchObject({ a: "closed" });
});

it("starts anew by hand", () => {
  const { breakers } = setUp();
  breakers.tryAcquire("a")?.failure("quota_exhausted", 3_600_000);
  breakers.reset("a");
  expect(breakers.of("a")).toMatchObject({ state: "closed", failure_count: 0 });
});

it("finds after a restart what it knew before", () => {
  const store = new MemoryStore();
  const before = setUp(store);
  fail(before.breakers, "a");
  before.breakers.tryAcquire("b")?.failure("quota_exhausted", 3_600_000);
  const saves = store.saves;
  const { breakers, onChange } = setUp(store);
  expect(store.saves).toBe(saves);
  expect(onChange).not.toHaveBeenCalled();
  expect(breakers.of("a")).toEqual(before.breakers.of("a"));
  expect(breakers.of("b")).toEqual(before.breakers.of("b"));
  expect(breakers.refusal("b")?.reason).toBe("reset_time");
});

it("does not take the state of another link of the same name for its own", () => {
  const store = new MemoryStore();
  fail(setUp(store).breakers, "a");
  const { breakers } = setUp(store, [{ ...a, model: "another" }]);
  expect(states(breakers)).toEqual({ a: "closed" });
});

it("keeps a change of state at once, and counts after a moment, together", async () => {
  const store = new MemoryStore();
  const { breakers, clock, onChange } = setUp(store, [link("a"), b]);
  fail(breakers, "a");
  fail(breakers, "a");
  expect(store.saves).toBe(0);
  expect(clock.waiting).toBe(1);
  await clock.advance(1_000);
  expect(store.saves).toBe(1);
  expect(onChange).not.toHaveBeenCalled();
  fail(breakers, "b");
  expect(store.saves).toBe(2);
  expect(onChange).toHaveBeenCalledExactlyOnceWith("b");
  expect(clock.waiting).toBe(0);
});

it("keeps what waits to be kept when it is closed, and leaves no timer behind", () => {
  const store = new MemoryStore();
  const { breakers, clock } = setUp(store, [link("a")]);
  fail(breakers, "a");
  breakers[Symbol.dispose]();
  expect(JSON.parse(store.json ?? "")).toMatchObject({ a: { breaker: { failure_count: 1 } } });
  expect(clock.waiting).toBe(0);
});

it.each([
  ["cut off", '{"a":{"targ'],
  ["something else", '["a"]'],
])("says so and starts afresh when what was kept is %s", (_, json) => {
  const { breakers, onWarning } = setUp(new MemoryStore(json));
  expect(states(breakers)).toEqual({ a: "closed", b: "closed" });
  expect(onWarning).toHaveBeenCalledOnce();
});

it("says which link's state a newer version wrote, and takes up the others", () => {
  const store = new MemoryStore();
  const before = setUp(store);
  fail(before.breakers, "a");
  fail(before.breakers, "b");
  const kept = JSON.parse(store.json ?? "");
  kept.a.breaker.version = 2;
  const { breakers, onWarning } = setUp(new MemoryStore(JSON.stringify(kept)));
  expect(states(breakers)).toEqual({ a: "closed", b: "open" });
  expect(onWarning).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('"a"'));
});

it("goes on when nothing can be kept, and says so once", () => {
  const full: BreakerStore = {
    load: () => null,
    save() {
      throw new Error("no space left");
    },
  };
  const { breakers, onWarning } = setUp(full);
  fail(breakers, "a");
  fail(breakers, "b");
  expect(states(breakers)).toEqual({ a: "open", b: "open" });
  expect(onWarning).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("no space left"));
});
