import { TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { Button } from "../ui/button.tsx";

/** What the person has to know of this machine; each stays until it is closed. */
export function Warnings({ warnings }: { warnings: readonly string[] }) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const open = warnings.filter((text) => !closed.has(text));
  if (open.length === 0) return null;
  return (
    <section aria-label="Warnings" className="border-b border-line bg-panel">
      <ul className="divide-y divide-line">
        {open.map((text) => (
          <li key={text} className="flex items-start gap-3 px-4 py-2 text-sm">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-caution" />
            <p className="min-w-0 flex-1 wrap-anywhere">{text}</p>
            <Button
              variant="quiet"
              size="icon"
              className="-my-1"
              aria-label="Close this warning"
              onClick={() => setClosed((now) => new Set(now).add(text))}
            >
              <X aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
