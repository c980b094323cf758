import type { Client, Notification } from "pg";
import type { Clock } from "../chain/index.ts";
import { type FailureKind, failureKind } from "../contract/index.ts";
import { migrateTeamState } from "./team-schema.ts";

/** What one gateway found out about a link. Waits are milliseconds from now, so that the machines' clocks need not agree. */
export interface TeamCircuit {
  link: string;
  /** What the link leads to: of two gateways, each may have another link of this name. */
  target: string;
  state: "open" | "closed";
  opensInMs: number;
  /** How much longer the provider asked to be left alone; 0 when it did not. */
  refusedInMs: number;
  kind: FailureKind | null;
  refusedKind: FailureKind | null;
  failures: number;
}

/** What one member spent on a link in a month: totals, not additions, so that telling them twice does no harm. */
export interface TeamSpend {
  month: string;
  link: string;
  nanoUsd: number;
  estimatedNanoUsd: number;
  inputTokens: number;
  outputTokens: number;
  attempts: number;
  unpricedAttempts: number;
}

export interface TeamStateParts {
  /** A client for the team's database that is not connected yet. */
  open(): Client;
  /** Whose state: gateways with different namespaces in one database don't see each other. */
  namespace: string;
  /** This machine, for good: what it spent is counted under this name. */
  member: string;
  clock: Pick<Clock, "after" | "monotonic">;
  /** What this member spent this month. */
  spent(): TeamSpend[];
  /** Another gateway found a link's state to be another. */
  onCircuit(circuit: TeamCircuit): void;
  /** What all other members spent this month; others' clocks may be in another one already, or still. */
  onSpent(others: TeamSpend[]): void;
  /** Told when the database went away, with the reason, and with null when it is back. */
  onTrouble(reason: string | null): void;
}

/** How long between two looks when no notification came, and between two attempts to connect. Milliseconds. */
const lookMs = 5_000;
/** What is spent within this time is told together, milliseconds. */
const gatherMs = 500;

/**
 * What gateways of a team have in common beside the cache: the state of the links' breakers, and what was spent. It lies in the
 * team's Postgres; each gateway goes on with what it knows while that is away, and catches up when it is back.
 */
export class TeamState implements AsyncDisposable {
  readonly #parts: TeamStateParts;
  #client: Client | null = null;
  /** States that the database has not heard of yet: the last of each link. */
  readonly #untold = new Map<string, { circuit: TeamCircuit; at: number }>();
  #spendUntold = true;
  /** Of each link, the last change that was read. */
  readonly #seen = new Map<string, string>();
  #cancel = () => {};
  #turn: Promise<void> | null = null;
  /** How long after the present turn the next one is due, where something came up meanwhile. */
  #nextMs = lookMs;
  #isAway = false;
  #closed = false;

  constructor(parts: TeamStateParts) {
    this.#parts = parts;
  }

  /** Connects, and keeps trying. */
  start(): void {
    this.#soon(0);
  }

  /** Tells the team of a link's state. */
  tellCircuit(circuit: TeamCircuit): void {
    this.#untold.set(keyOf(circuit), { circuit, at: this.#parts.clock.monotonic() });
    this.#soon(0);
  }

  /** Something was spent. */
  tellSpent(): void {
    if (this.#spendUntold) return;
    this.#spendUntold = true;
    this.#soon(gatherMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#turn;
    const client = this.#client;
    if (client !== null && (this.#untold.size > 0 || this.#spendUntold))
      await this.#exchange().catch((error: unknown) => this.#lost(error));
    this.#client = null;
    await client?.end().catch(() => {});
  }

  #soon(ms: number): void {
    if (this.#closed) return;
    this.#nextMs = Math.min(this.#nextMs, ms);
    if (this.#turn !== null) return;
    this.#cancel();
    this.#cancel = this.#parts.clock.after(this.#nextMs, () => this.#begin());
  }

  #begin(): void {
    this.#nextMs = lookMs;
    this.#turn = this.#exchange()
      .catch((error: unknown) => this.#lost(error))
      .finally(() => {
        this.#turn = null;
        if (this.#client === null) this.#nextMs = lookMs;
        this.#soon(lookMs);
      });
  }

  /** One round: what is new here goes there, and what is new there comes here. */
  async #exchange(): Promise<void> {
    const client = this.#client ?? (await this.#connect());
    for (const [key, told] of this.#untold) {
      await this.#writeCircuit(client, told);
      if (this.#untold.get(key) === told) this.#untold.delete(key);
    }
    if (this.#spendUntold) {
      this.#spendUntold = false;
      try {
        await this.#writeSpend(client);
      } catch (error) {
        this.#spendUntold = true;
        throw error;
      }
    }
    await this.#readCircuits(client);
    await this.#readSpend(client);
  }

  async #connect(): Promise<Client> {
    const client = this.#parts.open();
    client.on("error", (error) => {
      if (this.#client === client) this.#lost(error);
    });
    client.on("notification", ({ channel, payload }: Notification) => {
      if (channel === channelName && payload?.startsWith(`${this.#parts.namespace}\n`))
        this.#noticed(payload);
    });
    try {
      await client.connect();
      await migrateTeamState(client);
      await client.query(`LISTEN ${channelName}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
    this.#spendUntold = true;
    this.#isAway = false;
    this.#parts.onTrouble(null);
    return client;
  }

  #noticed(payload: string): void {
    if (!payload.endsWith(`\n${this.#parts.member}`)) this.#soon(0);
  }

  #lost(error: unknown): void {
    const client = this.#client;
    this.#client = null;
    void client?.end().catch(() => {});
    if (this.#closed || this.#isAway) return;
    this.#isAway = true;
    this.#parts.onTrouble(error instanceof Error ? error.message : String(error));
  }

  async #writeCircuit(client: Client, { circuit, at }: { circuit: TeamCircuit; at: number }): Promise<void> {
    const { namespace, member } = this.#parts;
    const waited = this.#parts.clock.monotonic() - at;
    await client.query(
      `INSERT INTO holdfast_circuits (namespace, link, target, member, state, opens_in_ms, refused_in_ms, kind, refused_kind, failures)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (namespace, link, target) DO UPDATE SET member = excluded.member, state = excluded.state,
         opens_in_ms = excluded.opens_in_ms, refused_in_ms = excluded.refused_in_ms, kind = excluded.kind,
         refused_kind = excluded.refused_kind, failures = excluded.failures, seq = excluded.seq, changed_at = excluded.changed_at`,
      [
        namespace,
        circuit.link,
        circuit.target,
        member,
        circuit.state,
        Math.max(0, circuit.opensInMs - waited),
        Math.max(0, circuit.refusedInMs - waited),
        circuit.kind,
        circuit.refusedKind,
        circuit.failures,
      ],
    );
    await this.#notify(client);
  }

  async #writeSpend(client: Client): Promise<void> {
    const { namespace, member, spent } = this.#parts;
    const rows = spent();
    if (rows.length === 0) return;
    for (const row of rows) {
      await client.query(
        `INSERT INTO holdfast_spend (namespace, month, link, member, nano_usd, estimated_nano_usd, input_tokens, output_tokens, attempts, unpriced_attempts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (namespace, month, link, member) DO UPDATE SET nano_usd = excluded.nano_usd,
           estimated_nano_usd = excluded.estimated_nano_usd, input_tokens = excluded.input_tokens,
           output_tokens = excluded.output_tokens, attempts = excluded.attempts, unpriced_attempts = excluded.unpriced_attempts`,
        [
          namespace,
          row.month,
          row.link,
          member,
          row.nanoUsd,
          row.estimatedNanoUsd,
          row.inputTokens,
          row.outputTokens,
          row.attempts,
          row.unpricedAttempts,
        ],
      );
    }
    await this.#notify(client);
  }

  async #notify(client: Client): Promise<void> {
    const { namespace, member } = this.#parts;
    await client.query("SELECT pg_notify($1, $2)", [channelName, `${namespace}\n${member}`]);
  }

  async #readCircuits(client: Client): Promise<void> {
    const { namespace, member, onCircuit } = this.#parts;
    const { rows } = await client.query(
      `SELECT link, target, member, state, kind, refused_kind, failures, seq,
         opens_in_ms - age AS opens_in_ms, refused_in_ms - age AS refused_in_ms
       FROM (SELECT *, extract(epoch FROM clock_timestamp() - changed_at) * 1000 AS age
         FROM holdfast_circuits WHERE namespace = $1) AS circuits`,
      [namespace],
    );
    for (const row of rows) {
      const key = keyOf(row as TeamCircuit);
      if (this.#seen.get(key) === row.seq) continue;
      this.#seen.set(key, row.seq);
      if (row.member === member) continue;
      onCircuit({
        link: row.link,
        target: row.target,
        state: row.state,
        opensInMs: Math.max(0, Number(row.opens_in_ms)),
        refusedInMs: Math.max(0, Number(row.refused_in_ms)),
        kind: kindOf(row.kind),
        refusedKind: kindOf(row.refused_kind),
        failures: row.failures,
      });
    }
  }

  async #readSpend(client: Client): Promise<void> {
    const { namespace, member, onSpent } = this.#parts;
    const { rows } = await client.query(
      `SELECT month, link, sum(nano_usd) AS nano_usd, sum(estimated_nano_usd) AS estimated_nano_usd,
         sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, sum(attempts) AS attempts,
         sum(unpriced_attempts) AS unpriced_attempts
       FROM holdfast_spend WHERE namespace = $1 AND member <> $2
         AND month >= to_char(now() - interval '2 days', 'YYYY-MM') GROUP BY month, link`,
      [namespace, member],
    );
    onSpent(
      rows.map((row) => ({
        month: row.month,
        link: row.link,
        nanoUsd: Number(row.nano_usd),
        estimatedNanoUsd: Number(row.estimated_nano_usd),
        inputTokens: Number(row.input_tokens),
        outputTokens: Number(row.output_tokens),
        attempts: Number(row.attempts),
        unpricedAttempts: Number(row.unpriced_attempts),
      })),
    );
  }
}

const channelName = "holdfast";

/** A newer version may have written a kind that this one does not know. */
const kindOf = (text: unknown): FailureKind | null => failureKind.safeParse(text).data ?? null;

const keyOf = ({ link, target }: Pick<TeamCircuit, "link" | "target">): string =>
  JSON.stringify([link, target]);
