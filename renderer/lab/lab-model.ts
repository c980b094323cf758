import type { LabBallot, LabReport, LabRun, LabStart } from "../../electron/contract/index.ts";
import type { Client, Connection } from "../connection/index.ts";
import { createStore, type Store } from "../state/index.ts";

/** How long to wait before the runs are watched again, when that ended while the connection stands, milliseconds. */
const watchAgainMs = 2_000;

/** The lab's runs, newest first, as the main process tells them; null until it first did. */
export class LabModel {
  readonly store: Store<readonly LabRun[] | null> = createStore<readonly LabRun[] | null>(null);
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.whenever((client, signal) => void this.#watch(client, signal));
  }

  start(input: LabStart): Promise<LabRun> {
    return this.#connection.client.lab.start(input);
  }

  async resume(id: string): Promise<void> {
    await this.#connection.client.lab.resume({ id });
  }

  async stop(id: string): Promise<void> {
    await this.#connection.client.lab.stop({ id });
  }

  async remove(id: string): Promise<void> {
    await this.#connection.client.lab.remove({ id });
  }

  report(id: string): Promise<LabReport> {
    return this.#connection.client.lab.report({ id });
  }

  ballot(id: string): Promise<LabBallot | null> {
    return this.#connection.client.lab.ballot({ id });
  }

  /** A vote for a slot, null for none better; gives the next ballot. */
  vote(id: string, prompt: string, slot: number | null): Promise<LabBallot | null> {
    return this.#connection.client.lab.vote({ id, prompt_id: prompt, slot });
  }

  async #watch(client: Client, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const runs of await client.lab.watch(undefined, { signal })) this.store.set(runs);
      } catch (error) {
        if (!signal.aborted) console.error("The lab could not be watched:", error);
      }
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, watchAgainMs));
    }
  }
}
