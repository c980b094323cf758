import { expect, test } from "vitest";
import { SavedState } from "../../electron/store/index.ts";
import { openConversations, temporaryFolder, tickingClock } from "./support.ts";

test("a state survives a restart, each under its own key, the last one saved", () => {
  const folder = temporaryFolder();
  const before = openConversations(folder);
  const stateOf = (opened: typeof before, key: string) =>
    new SavedState({ database: opened.database, clock: tickingClock(), key });
  stateOf(before, "breakers").save('{"version":1}');
  stateOf(before, "breakers").save('{"version":2}');
  stateOf(before, "levels").save('"full"');
  before.close();

  const after = openConversations(folder);
  expect(stateOf(after, "breakers").load()).toBe('{"version":2}');
  expect(stateOf(after, "levels").load()).toBe('"full"');
});

test("a state that was never saved is null", () => {
  const { database } = openConversations(temporaryFolder());
  expect(new SavedState({ database, clock: tickingClock(), key: "breakers" }).load()).toBeNull();
});
