import { expect, it } from "vitest";
import { LevelWatch } from "../../electron/app/level-watch.ts";
import type { ChainEvent, Level } from "../../electron/contract/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";

const links = [
  linkOf({ id: "cloud", level: "full" }),
  linkOf({ id: "local", tier: "local", level: "minimal" }),
];

function setUp() {
  const clock = new FakeClock();
  const levels = new LevelWatch({ clock, links: () => links });
  const answered = async (level: Level, code: string | null = null) => {
    const finished = { type: "finished", receipt: { level }, failure: code && { code } };
    for await (const _ of levels.over([finished as ChainEvent] as unknown as AsyncIterable<ChainEvent>));
  };
  return { clock, levels, answered };
}

it("goes down with what answers, and up again with a link that is well", async () => {
  const { clock, levels, answered } = setUp();
  await answered("minimal");
  await answered("minimal");
  expect(levels.level).toBe("minimal");
  await clock.advance(10_000);
  const well = { link: "cloud", outcome: "answered", kind: null } as const;
  levels.record(well);
  levels.record(well);
  expect(levels.level).toBe("full");
});

it("learns nothing from what the person stopped, nor from what the request itself caused", async () => {
  const { clock, levels, answered } = setUp();
  await answered("offline", "cancelled");
  await answered("offline", "cancelled");
  expect(levels.level).toBe("full");
  await answered("minimal");
  await answered("minimal");
  await clock.advance(10_000);
  levels.record({ link: "cloud", outcome: "answered", kind: null });
  levels.record({ link: "cloud", outcome: "failed", kind: "context_length" });
  levels.record({ link: "cloud", outcome: "answered", kind: null });
  expect(levels.level).toBe("full");
});

it("never stands above what the person allows", () => {
  const { levels } = setUp();
  levels.set("reduced");
  levels.record({ link: "cloud", outcome: "answered", kind: null });
  expect(levels.level).toBe("reduced");
});
