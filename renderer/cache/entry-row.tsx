import { Pin, PinOff, Trash2 } from "lucide-react";
import type { CacheEntry } from "../../electron/contract/index.ts";
import { Button } from "../ui/button.tsx";
import { Disclosure } from "../ui/disclosure.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import { formatMoment } from "../words/index.ts";

interface EntryRowProps {
  entry: CacheEntry;
  onPin: () => void;
  onRemove: () => void;
}

/** An earlier answer: its question, whose it was, how often it helped; the answer itself is folded. */
export function EntryRow({ entry, onPin, onRemove }: EntryRowProps) {
  const now = new Date();
  const facts = [
    entry.link,
    formatMoment(entry.created_at, now),
    entry.uses === 0 ? "never given" : `given ${entry.uses === 1 ? "once" : `${entry.uses} times`}`,
    entry.time_bound ? "about a moment, kept for hours" : null,
    entry.pinned ? "pinned" : null,
  ].filter((fact) => fact !== null);
  return (
    <li aria-label={entry.question} className="flex items-start gap-3 py-3">
      <Disclosure
        className="flex-1"
        summary={
          <>
            <span className="block text-base font-semibold">{entry.question}</span>
            <span className="block text-xs font-normal text-ink-faint">{facts.join(" · ")}</span>
          </>
        }
      >
        <p className="mt-1.5 max-h-72 overflow-y-auto border-l-2 border-tier-cache bg-raised px-3 py-2 text-sm wrap-anywhere whitespace-pre-wrap">
          {entry.answer}
        </p>
      </Disclosure>
      <div className="flex">
        <Tooltip text={entry.pinned ? "Let it go when it is old" : "Keep it, whatever its age"}>
          <Button variant="quiet" size="icon" aria-label={entry.pinned ? "Unpin" : "Pin"} onClick={onPin}>
            {entry.pinned ? <PinOff aria-hidden /> : <Pin aria-hidden />}
          </Button>
        </Tooltip>
        <Tooltip text="Remove it">
          <Button variant="quiet" size="icon" aria-label="Remove" onClick={onRemove}>
            <Trash2 aria-hidden />
          </Button>
        </Tooltip>
      </div>
    </li>
  );
}
