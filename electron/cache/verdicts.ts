import type { Cipher } from "./cipher.ts";
import type { EntryKey } from "./entry.ts";
import type { CacheDatabase } from "./sqlite-store.ts";

/**
 * What the person said of pairs of questions and of answers, kept on this machine as hashes, which name neither. It outlives
 * the entries that it is about.
 */
export class Verdicts {
  readonly #database: CacheDatabase;
  readonly #cipher: () => Promise<Cipher>;

  constructor(database: CacheDatabase, cipher: () => Promise<Cipher>) {
    this.#database = database;
    this.#cipher = cipher;
  }

  /** Whether the person said that the two questions are the same; null when nothing was said. */
  async isSame(asked: EntryKey, earlier: EntryKey): Promise<boolean | null> {
    const row = this.#database
      .prepare("SELECT same FROM pairs WHERE id = ?")
      .get(await this.#pair(asked, earlier));
    return row === undefined ? null : row.same === 1;
  }

  async say(asked: EntryKey, earlier: EntryKey, same: boolean, at: number): Promise<void> {
    this.#database
      .prepare(
        "INSERT INTO pairs (id, same, said_at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET same = excluded.same",
      )
      .run(await this.#pair(asked, earlier), Number(same), at);
  }

  /** Notes that the person marked an answer down; `message` is the id of the message that shows it. */
  async markDown(key: EntryKey, answer: string, message: string, at: number): Promise<void> {
    this.#database
      .prepare("INSERT OR REPLACE INTO marks (id, message, marked_at) VALUES (?, ?, ?)")
      .run(await this.#answer(key, answer), message, at);
  }

  /** Takes the mark from a message. */
  unmark(message: string): void {
    this.#database.prepare("DELETE FROM marks WHERE message = ?").run(message);
  }

  async isMarkedDown(key: EntryKey, answer: string): Promise<boolean> {
    const id = await this.#answer(key, answer);
    return this.#database.prepare("SELECT 1 FROM marks WHERE id = ?").get(id) !== undefined;
  }

  /** Which of these messages are marked down. */
  marked(messages: readonly string[]): string[] {
    const find = this.#database.prepare("SELECT 1 FROM marks WHERE message = ?");
    return messages.filter((message) => find.get(message) !== undefined);
  }

  async #pair(asked: EntryKey, earlier: EntryKey): Promise<string> {
    const cipher = await this.#cipher();
    return cipher.hash("pair", asked.fingerprint, asked.question, earlier.fingerprint, earlier.question);
  }

  async #answer({ fingerprint, question }: EntryKey, answer: string): Promise<string> {
    return (await this.#cipher()).hash("answer", fingerprint, question, answer);
  }
}
