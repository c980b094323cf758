import type { Attempt, Finished, Status } from "../contract/index.ts";
import type { Rehearsal } from "../drills/index.ts";

/** Tells a rehearsal what an operator would read in the log: failed attempts, ended requests, and what stands otherwise. */
export class DrillWatch {
  readonly #rehearsal: Pick<Rehearsal, "note" | "tell">;
  #before: Status;

  constructor(rehearsal: Pick<Rehearsal, "note" | "tell">, status: Status) {
    this.#rehearsal = rehearsal;
    this.#before = status;
  }

  attempt({ link, provider, model, outcome, kind, status }: Attempt): void {
    if (outcome === "answered") return;
    this.#rehearsal.note("attempt_failed", { link, provider, model, outcome, kind, status });
  }

  request({ receipt, failure }: Finished): void {
    const { requested_tier, tier, link, provider, model, level, reason } = receipt;
    this.#rehearsal.note("request", {
      outcome: failure?.code ?? "answered",
      requested_tier,
      tier,
      link,
      provider,
      model,
      answer_level: level,
      reason,
      seams: receipt.seams.length,
      cost_usd: receipt.cost_usd,
    });
  }

  /** Compares how things stand with how they stood. */
  standing(now: Status): void {
    const before = this.#before;
    this.#before = now;
    for (const { id, circuit } of now.links) {
      const from = before.links.find((link) => link.id === id)?.circuit.state ?? "closed";
      if (from === circuit.state) continue;
      this.#rehearsal.note("breaker", { link: id, from, to: circuit.state });
      this.#rehearsal.tell("circuit", `The breaker of ${id} is now ${circuit.state.replace("_", " ")}`);
    }
    if (before.level !== now.level) {
      this.#rehearsal.note("level", { from: before.level, to: now.level });
      this.#rehearsal.tell("level", `The level is now ${now.level}`);
    }
    if (before.offline !== now.offline) {
      this.#rehearsal.note("connectivity", { offline: now.offline });
      const text = now.offline === null ? "can be reached again" : "can't be reached, and are passed over";
      this.#rehearsal.tell("level", `Links beyond this machine ${text}`);
    }
    if (before.engine.state !== "crashed" && now.engine.state === "crashed") {
      this.#rehearsal.note("engine", { state: "crashed", restarts: now.engine.restarts });
      this.#rehearsal.tell("engine", "The engine's process ended");
    }
  }
}
