import type { Message, StoredMessage } from "../contract/index.ts";

/**
 * A conversation as a model is told it, from its stored messages in their order: each question with the answer that the
 * person keeps in view, else its latest, if it says something (`complete`, `stopped` or `interrupted`), and last the question `upTo` without answers.
 * Questions that got no such answer are joined with the next one, since the templates of many local models demand that
 * roles alternate; the same words asked again count once.
 */
export function historyOf(stored: readonly StoredMessage[], upTo: string): Message[] {
  const history: Message[] = [];
  let unanswered: string[] = [];
  for (const question of stored) {
    if (question.role !== "user") continue;
    if (!unanswered.includes(question.text)) unanswered.push(question.text);
    if (question.id === upTo) break;
    const answers = stored.filter((message) => message.answers === question.id && saysSomething(message));
    const answer = answers.find(({ id }) => id === question.kept) ?? answers.at(-1);
    if (answer === undefined) continue;
    history.push(
      { role: "user", content: unanswered.join("\n\n") },
      { role: "assistant", content: answer.text },
    );
    unanswered = [];
  }
  return [...history, { role: "user", content: unanswered.join("\n\n") }];
}

function saysSomething({ state, text }: StoredMessage): boolean {
  return text !== "" && (state === "complete" || state === "stopped" || state === "interrupted");
}
