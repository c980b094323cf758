import type { Message, StoredMessage } from "../contract/index.ts";

/**
 * A conversation as a model is told it, from its stored messages in their order: each question with its latest answer
 * that says something (`complete`, `stopped` or `interrupted`), and last the question `upTo` without answers.
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
    const answer = stored.findLast((message) => message.answers === question.id && saysSomething(message));
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
