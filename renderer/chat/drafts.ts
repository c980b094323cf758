const prefix = "holdfast.draft.";

/** What was typed and not yet sent, for each conversation; survives a reload and a crash of the page. */
export interface Drafts {
  read(conversation: string | null): string;
  write(conversation: string | null, text: string): void;
}

/** Drafts in the page's own storage. A full or forbidden storage costs the draft, never the typing. */
export function storedDrafts(storage: Storage): Drafts {
  const key = (conversation: string | null) => prefix + (conversation ?? "new");
  return {
    read: (conversation) => storage.getItem(key(conversation)) ?? "",
    write(conversation, text) {
      if (text === "") {
        storage.removeItem(key(conversation));
        return;
      }
      try {
        storage.setItem(key(conversation), text);
      } catch (error) {
        console.warn("The draft could not be kept:", error);
      }
    },
  };
}
