import type { DrillFinding } from "../../electron/contract/index.ts";
import { outcomeLooks } from "./words.ts";

/** What must hold, and what was seen of it. */
export function Findings({ findings }: { findings: readonly DrillFinding[] }) {
  return (
    <ul aria-label="Expectations" className="divide-y divide-line border-y border-line-strong text-sm">
      {findings.map(({ text, seen, outcome }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list keeps its order, and two may say the same
        <li key={index} className="flex flex-wrap gap-x-4 gap-y-0.5 py-2">
          <span className={`w-24 shrink-0 font-semibold ${outcomeLooks[outcome].color}`}>
            {outcomeLooks[outcome].label}
          </span>
          <span className="min-w-64 flex-1 wrap-anywhere">
            {text}
            <span className="reading block text-xs text-ink-faint">{seen}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
