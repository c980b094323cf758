import type { Pool } from "pg";

/** The steps of the schema, oldest first; only ever append. The table's comment says how many it has been through. */
const steps: readonly string[] = [
  `CREATE EXTENSION IF NOT EXISTS vector;
   CREATE TABLE holdfast_cache (
     seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
     namespace text NOT NULL,
     id text NOT NULL,
     fingerprint text NOT NULL,
     question text NOT NULL,
     original_question text NOT NULL,
     answer text NOT NULL,
     receipt jsonb NOT NULL,
     created_at bigint NOT NULL,
     expires_at bigint,
     uses integer NOT NULL DEFAULT 0,
     last_used_at bigint,
     pinned boolean NOT NULL DEFAULT false,
     embedder text,
     embedding vector,
     PRIMARY KEY (namespace, id)
   );
   CREATE INDEX holdfast_cache_by_context ON holdfast_cache (namespace, fingerprint);
   CREATE INDEX holdfast_cache_by_age ON holdfast_cache (namespace, created_at, seq);`,
];

/** Any number that other programs are unlikely to lock: "holdfast" in ASCII, shortened. */
const lock = 0x686f6c64;

/** Brings the database to the newest schema; of several programs that start at once, one does each step. */
export async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [lock]);
    const { rows } = await client.query(
      "SELECT obj_description(to_regclass('holdfast_cache'), 'pg_class') AS comment",
    );
    const version = Number(/^holdfast schema (\d+)$/.exec(rows[0]?.comment ?? "")?.[1] ?? 0);
    if (version > steps.length) {
      throw new Error(`The team store was made by a newer Holdfast (schema ${version}): update this one.`);
    }
    for (const step of steps.slice(version)) await client.query(step);
    await client.query(`COMMENT ON TABLE holdfast_cache IS 'holdfast schema ${steps.length}'`);
    await client.query("COMMIT");
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
