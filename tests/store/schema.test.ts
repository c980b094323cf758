import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { labMigrations, storeMigrations } from "../../electron/store/index.ts";

test.each([
  ["holdfast.db", storeMigrations],
  ["lab.db", labMigrations],
])("in %s whatever refers to a row is found by an index when that row is deleted", (_, migrations) => {
  const database = new DatabaseSync(":memory:");
  onTestFinished(() => database.close());
  for (const step of migrations) database.exec(step);
  const references = database
    .prepare(
      `SELECT tables.name AS "table", keys."from" AS "column" FROM pragma_table_list AS tables
       JOIN pragma_foreign_key_list(tables.name) AS keys WHERE tables.schema = 'main'`,
    )
    .all();
  const indexed = database
    .prepare(
      `SELECT tables.name AS "table", columns.name AS "column" FROM pragma_table_list AS tables
       JOIN pragma_index_list(tables.name) AS indexes JOIN pragma_index_info(indexes.name) AS columns
       WHERE tables.schema = 'main' AND columns.seqno = 0`,
    )
    .all();
  expect(references).not.toEqual([]);
  expect(indexed).toEqual(expect.arrayContaining(references));
});
