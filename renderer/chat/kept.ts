const prefix = "holdfast.kept.";

/** The answer that the person decided to keep in view, where it is not the newest to its question. */
export interface Kept {
  read(question: string): string | null;
  /** Null shows the newest again. */
  write(question: string, answer: string | null): void;
}

/** Decisions in the page's own storage. A full or forbidden storage costs the decision only. */
export function storedKept(storage: Storage): Kept {
  return {
    read: (question) => storage.getItem(prefix + question),
    write(question, answer) {
      try {
        if (answer === null) storage.removeItem(prefix + question);
        else storage.setItem(prefix + question, answer);
      } catch (error) {
        console.warn("The choice of an answer could not be kept:", error);
      }
    },
  };
}
