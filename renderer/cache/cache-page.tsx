import { Lock, LockOpen } from "lucide-react";
import { useEffect, useState } from "react";
import type { CacheStats } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/dialog.tsx";
import { Input } from "../ui/field.tsx";
import { Page, PageIntro } from "../ui/page.tsx";
import { toast } from "../ui/toast.tsx";
import { formatCount } from "../words/index.ts";
import { EntryRow } from "./entry-row.tsx";
import { Lookups } from "./lookups.tsx";

/** Entries older than this are what "old ones" means on this page, days. */
const oldDays = 30;

const purges = [
  {
    label: "Remove old ones",
    title: `Remove answers older than ${oldDays} days?`,
    text: "Pinned answers stay.",
    what: { older_than_days: oldDays },
  },
  {
    label: "Remove all",
    title: "Remove all earlier answers?",
    text: "Pinned ones go as well, and so does what was looked up. When no link can answer, nothing will be left to show.",
    what: { pinned: true },
  },
] as const;

/** The earlier answers that are kept, and how they served. */
export function CachePage() {
  const { cache } = useApp();
  const { stats, entries, total, lookups, search } = useStore(cache.store, (now) => now);
  const [purging, setPurging] = useState<(typeof purges)[number] | null>(null);
  const attempt = (title: string, work: Promise<unknown>) =>
    void work.catch((error: unknown) => toast.failure(title, error));
  useEffect(() => {
    cache.refresh().catch((error: unknown) => console.error("The cache could not be read:", error));
  }, [cache]);
  return (
    <Page>
      <PageIntro text="Answers of cloud links, kept for when no link can answer. A similar question is not the same question: an earlier answer is given only where numbers, names, direction and negation agree." />
      {stats !== null && <Numbers stats={stats} />}
      <div className="mt-6 flex flex-wrap items-center gap-2">
        <Input
          type="search"
          aria-label="Search the earlier answers"
          placeholder="Search questions and answers"
          className="min-w-52 flex-1"
          value={search}
          onChange={(event) => attempt("The search failed.", cache.search(event.currentTarget.value))}
        />
        {purges.map((purge) => (
          <Button key={purge.label} disabled={stats?.entries === 0} onClick={() => setPurging(purge)}>
            {purge.label}
          </Button>
        ))}
      </div>
      {stats !== null && total === 0 && (
        <p className="mt-6 text-sm text-ink-soft">
          {search === ""
            ? "Nothing is kept yet. Answers of cloud links will be."
            : "Nothing fits the search."}
        </p>
      )}
      {total > 0 && (
        <ul aria-label="Earlier answers" className="mt-4 divide-y divide-line border-y border-line-strong">
          {entries.map((entry) => (
            <EntryRow
              key={entry.id}
              entry={entry}
              onPin={() => attempt("It could not be pinned.", cache.pin(entry.id, !entry.pinned))}
              onRemove={() => attempt("It is still there.", cache.remove(entry.id))}
            />
          ))}
        </ul>
      )}
      {entries.length < total && (
        <Button className="mt-3" onClick={() => attempt("No more could be read.", cache.more())}>
          Show more ({formatCount(total - entries.length)})
        </Button>
      )}
      <Lookups lookups={lookups} refusals={stats?.refusals ?? []} />
      {purging !== null && (
        <Confirm
          title={purging.title}
          text={purging.text}
          confirm="Remove"
          keep="Keep them"
          onConfirm={() => attempt("They are still there.", cache.purge(purging.what))}
          onClose={() => setPurging(null)}
        />
      )}
    </Page>
  );
}

function Numbers({ stats }: { stats: CacheStats }) {
  const { lookups } = stats;
  const asked = Object.values(lookups).reduce((sum, count) => sum + count, 0);
  const numbers = [
    ["Kept", `${formatCount(stats.entries)} of at most ${formatCount(stats.max_entries)}`],
    ["Pinned", formatCount(stats.pinned)],
    ["Looked up", formatCount(asked)],
    ["Same words", formatCount(lookups.exact)],
    ["Same question", formatCount(lookups.same)],
    ["Shown as similar", formatCount(lookups.similar)],
    ["Refused", formatCount(lookups.refused)],
    ["Nothing near", formatCount(lookups.miss)],
  ] as const;
  const Seal = stats.encryption === null ? LockOpen : Lock;
  return (
    <section aria-label="Numbers" className="mt-4">
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
        {numbers.map(([name, value]) => (
          <div key={name} className="flex gap-1.5">
            <dt className="text-ink-faint">{name}:</dt>
            <dd className="font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      <p
        className={`mt-2 flex items-start gap-2 text-sm ${stats.encryption === null ? "text-caution" : "text-ink-soft"}`}
      >
        <Seal aria-hidden className="mt-0.5 size-4 shrink-0" />
        {stats.encryption_detail}
      </p>
      {!stats.enabled && (
        <p className="mt-1 text-sm text-caution">
          The cache is turned off in the settings: nothing is kept, and nothing is given.
        </p>
      )}
      {stats.store_trouble !== null && <p className="mt-1 text-sm text-caution">{stats.store_trouble}</p>}
      {stats.waiting > 0 && (
        <p className="mt-1 text-sm text-ink-faint">
          {formatCount(stats.waiting)} are found by the same words only, until their meaning has been read.
        </p>
      )}
    </section>
  );
}
