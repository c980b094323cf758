import type { OutboxItem } from "../../electron/contract/index.ts";
import { formatMoment } from "../words/index.ts";

function droppedWords({ dropped_because: because, detail }: OutboxItem): string {
  switch (because) {
    case "full":
      return "Dropped, because the outbox was full.";
    case "refused":
      return `Dropped, because a link refused the question itself${detail === null ? "." : `: ${detail}`}`;
    case null:
      return "Dropped.";
    default:
      return because satisfies never;
  }
}

/** How a question in the outbox stands, as a sentence. */
export function stateWords(item: OutboxItem, now: Date): string {
  switch (item.state) {
    case "waiting": {
      const isDue = Date.parse(item.next_at) <= now.getTime();
      return isDue
        ? "Waits; next in turn."
        : `Waits; asked again at ${formatMoment(item.next_at, now)} at the latest.`;
    }
    case "asking":
      return "Is being asked now.";
    case "answered":
      return "A better answer is ready.";
    case "dropped":
      return droppedWords(item);
    default:
      return item.state satisfies never;
  }
}
