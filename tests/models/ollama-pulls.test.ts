import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { modelsMigrations, OllamaPulls } from "../../electron/models/index.ts";

test("a pull whose end can't be kept is told of, and ends all the same", async () => {
  const database = new DatabaseSync(":memory:");
  onTestFinished(() => database.close());
  for (const step of modelsMigrations) database.exec(step);
  database.exec(
    "CREATE TRIGGER full BEFORE DELETE ON ollama_pulls BEGIN SELECT RAISE(FAIL, 'the disk is full'); END",
  );
  const errors: unknown[] = [];
  await using pulls = new OllamaPulls({
    database,
    async *pull() {
      yield { status: "success", digest: null, total: null, completed: null };
    },
    now: Date.now,
    onChange: () => {},
    onPulled: () => {},
    onError: (error) => errors.push(error),
  });
  pulls.start("tiny:latest");
  await expect(pulls.ended("tiny:latest")).rejects.toMatchObject({ kind: "stopped" });
  expect(errors).toMatchObject([{ message: "the disk is full" }]);
});
