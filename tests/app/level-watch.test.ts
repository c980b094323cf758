import { expect, it } from "vitest";
import { LevelWatch } from "../../electron/app/level-watch.ts";
import type { Finished, Level } from "../../electron/contract/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";

const links = [
  linkOf({ id: "cloud", level: "full" }),
  linkOf({ id: "local", tier: "local", level: "minimal" }),
];

function setUp() {
  const clock = new FakeClock();
  const levels = new LevelWatch({ clock, links: () => links });
  const answered = (level: Level, code: string | null = null) =>
    levels.recordEnd({ type: "finished", receipt: { level }, failure: code && { code } } as Finished);
  return { clock, levels, answered };
}

it("goes down with what answers, and up again with a link that is well", async () => {
  const { clock, levels, answered } = setUp();
  answered("minimal");
  answered("minimal");
  expect(levels.level).toBe("minimal");
  await clock.advance(10_000);
  const well = { link: "cloud", outcome: "answered", kind: null } as const;
  levels.record(well);
  levels.record(well);
  expect(levels.level).toBe("full");
});

it("learns nothing from what the person stopped, nor from what the request itself caused", async () => {
  const { clock, levels, answered } = setUp();
  answered("offline", "cancelled");
  answered("offline", "cancelled");
  expect(levels.level).toBe("full");
  answered("minimal");
  answered("minimal");
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
