import type { CacheCandidate, CacheLookupRecord, CacheStats } from "../../electron/contract/index.ts";
import { formatMoment } from "../words/index.ts";

const outcomes: Record<CacheLookupRecord["outcome"], string> = {
  exact: "Answered: the same words",
  same: "Answered: the same question",
  similar: "Shown as similar",
  refused: "Refused: none asks the same",
  miss: "Nothing near",
};

/** What became of an earlier question that was near: one that would do is not needed where a nearer one was taken. */
function verdictOf({ verdict, shown }: CacheCandidate): string {
  if (verdict === "different") return "Held back:";
  if (!shown) return "Not needed:";
  return verdict === "same" ? "Given:" : "Shown beside:";
}

/** A reason of the guard, such as `negation: only one of them has it`, as a sentence. */
const sentence = (reason: string): string =>
  `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${reason.endsWith(".") ? "" : "."}`;

interface LookupsProps {
  lookups: readonly CacheLookupRecord[];
  refusals: CacheStats["refusals"];
}

/** What was looked up when no link could answer, and why earlier answers were given or held back. */
export function Lookups({ lookups, refusals }: LookupsProps) {
  if (lookups.length === 0) return null;
  return (
    <section aria-label="Look-ups" className="mt-8">
      <h2 className="section-label pb-1.5">Look-ups, newest first</h2>
      {refusals.length > 0 && (
        <p className="pb-2 text-sm text-ink-soft">
          Held back most often:{" "}
          {refusals
            .slice(0, 5)
            .map(({ reason, count }) => `${reason} (${count})`)
            .join("; ")}
        </p>
      )}
      <ul className="divide-y divide-line border-y border-line-strong text-sm">
        {lookups.map((lookup) => (
          <li key={lookup.id} className="py-2">
            <p className="flex flex-wrap gap-x-3">
              <span className="font-semibold wrap-anywhere">{lookup.asked}</span>
              <span className="text-ink-soft">{outcomes[lookup.outcome]}</span>
              <time dateTime={lookup.at} className="reading text-ink-faint">
                {formatMoment(lookup.at, new Date())}
              </time>
            </p>
            {lookup.trouble !== null && <p className="text-caution">{lookup.trouble}</p>}
            <ul>
              {lookup.candidates.map((candidate) => (
                <li key={candidate.question} className="text-xs text-ink-soft wrap-anywhere">
                  <span className="font-medium text-ink">{verdictOf(candidate)}</span> “{candidate.question}”,{" "}
                  {Math.floor(candidate.similarity * 100)} % alike. {sentence(candidate.reason)}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
