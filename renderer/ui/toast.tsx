import { X } from "lucide-react";
import { createStore, useStore } from "../state/store.ts";
import { Button } from "./button.tsx";

interface Shown {
  id: number;
  title: string;
  text: string;
}

const shown = createStore<readonly Shown[]>([]);
let lastId = 0;

/** Messages about something that the person did and that failed. They stay until they are closed. */
export const toast = {
  failure(title: string, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    lastId += 1;
    const entry = { id: lastId, title, text };
    shown.set((now) => [...now.filter((one) => one.title !== title || one.text !== text), entry].slice(-3));
  },
};

export function Toasts() {
  const entries = useStore(shown, (now) => now);
  return (
    <div
      role="alert"
      className="fixed right-4 bottom-14 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2"
    >
      {entries.map((entry) => (
        <div
          key={entry.id}
          className="flex items-start gap-2 rounded-lg border border-bad bg-raised py-2.5 pr-1.5 pl-3.5 text-sm shadow-lg"
        >
          <div className="min-w-0 flex-1">
            <p className="font-semibold">{entry.title}</p>
            <p className="text-xs wrap-anywhere text-ink-soft">{entry.text}</p>
          </div>
          <Button
            variant="quiet"
            size="icon"
            aria-label="Close"
            onClick={() => shown.set((now) => now.filter((one) => one.id !== entry.id))}
          >
            <X aria-hidden />
          </Button>
        </div>
      ))}
    </div>
  );
}
