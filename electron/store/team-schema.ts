import type { Client } from "pg";

/** The steps of the schema, oldest first; only ever append. The first table's comment says how many it has been through. */
const steps: readonly string[] = [
  `CREATE TABLE holdfast_circuits (
     namespace text NOT NULL,
     link text NOT NULL,
     target text NOT NULL,
     member text NOT NULL,
     state text NOT NULL CHECK (state IN ('open', 'closed')),
     opens_in_ms double precision NOT NULL,
     refused_in_ms double precision NOT NULL,
     kind text,
     refused_kind text,
     failures integer NOT NULL,
     seq bigserial NOT NULL,
     changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     PRIMARY KEY (namespace, link, target)
   );
   CREATE INDEX holdfast_circuits_by_change ON holdfast_circuits (namespace, seq);
   CREATE TABLE holdfast_spend (
     namespace text NOT NULL,
     month text NOT NULL,
     link text NOT NULL,
     member text NOT NULL,
     nano_usd bigint NOT NULL,
     estimated_nano_usd bigint NOT NULL,
     input_tokens bigint NOT NULL,
     output_tokens bigint NOT NULL,
     attempts bigint NOT NULL,
     unpriced_attempts bigint NOT NULL,
     PRIMARY KEY (namespace, month, link, member)
   );`,
];

/** Any number that other programs are unlikely to lock, and not that of the cache. */
const lock = 0x686f6c65;

/** Brings the database to the newest schema; of several programs that start at once, one does each step. */
export async function migrateTeamState(client: Client): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [lock]);
    const { rows } = await client.query(
      "SELECT obj_description(to_regclass('holdfast_circuits'), 'pg_class') AS comment",
    );
    const version = Number(/^holdfast schema (\d+)$/.exec(rows[0]?.comment ?? "")?.[1] ?? 0);
    if (version > steps.length)
      throw new Error(`The team's state was made by a newer Holdfast (schema ${version}): update this one.`);
    for (const step of steps.slice(version)) await client.query(step);
    await client.query(`COMMENT ON TABLE holdfast_circuits IS 'holdfast schema ${steps.length}'`);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}
