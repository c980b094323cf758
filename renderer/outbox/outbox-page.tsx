import { House } from "lucide-react";
import { useEffect, useState } from "react";
import type { OutboxItem } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { go, hashOf, useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { Page, PageIntro } from "../ui/page.tsx";
import { toast } from "../ui/toast.tsx";
import { formatMoment, tierLooks } from "../words/index.ts";
import { Comparison } from "./comparison.tsx";
import { stateWords } from "./state-words.ts";

const groups = [
  { name: "Better answers that are ready", states: ["answered"] },
  { name: "Waiting for a better link", states: ["waiting", "asking"] },
  { name: "Dropped", states: ["dropped"] },
] as const;

/** What waits for a better tier, what has come of it, and what was given up. */
export function OutboxPage() {
  const { outbox, status } = useApp();
  const statusNow = useStore(status.store, (now) => now);
  const items = useStore(outbox.store, (now) => now);
  const [comparing, setComparing] = useState<OutboxItem | null>(null);
  // Attempts and times move on while the counts in the status stay: here any change of it is reason enough to look.
  useEffect(() => {
    if (statusNow === null) return;
    outbox.refresh().catch((error: unknown) => console.error("The outbox could not be read:", error));
  }, [outbox, statusNow]);
  const attempt = (title: string, work: Promise<void>) =>
    work.catch((error: unknown) => toast.failure(title, error));
  const waits = items?.some((item) => item.state === "waiting") ?? false;
  return (
    <Page>
      <PageIntro text="Questions that nothing could answer, or only a lower tier. They are asked again by themselves when a better link is back, and the better answer is offered beside the one that you have.">
        <Button
          disabled={!waits}
          onClick={() => void attempt("The questions were not asked.", outbox.retryNow())}
        >
          Ask now
        </Button>
      </PageIntro>
      {items?.length === 0 && <p className="mt-8 text-sm text-ink-soft">Nothing waits.</p>}
      {groups.map(({ name, states }) => {
        const group = items?.filter((item) => states.some((state) => state === item.state)) ?? [];
        if (group.length === 0) return null;
        return (
          <section key={name} aria-label={name} className="mt-7">
            <h2 className="section-label pb-1.5">{name}</h2>
            <ul className="divide-y divide-line border-y border-line-strong">
              {group.map((item) => (
                <Row
                  key={item.id}
                  item={item}
                  onCompare={() => setComparing(item)}
                  onDrop={() => void attempt("The question is still in the outbox.", outbox.drop(item.id))}
                  onAdd={() =>
                    void attempt("The question was not put into the outbox.", outbox.add(item.question_id))
                  }
                />
              ))}
            </ul>
          </section>
        );
      })}
      {comparing !== null && <Compared item={comparing} onClose={() => setComparing(null)} />}
    </Page>
  );
}

/** The comparison; keeping an answer leads to it in its conversation. */
function Compared({ item, onClose }: { item: OutboxItem; onClose: () => void }) {
  const { outbox, thread } = useApp();
  return (
    <Comparison
      item={item}
      outbox={outbox}
      onClose={onClose}
      onKeep={(answer) => {
        onClose();
        thread
          .keep(item.question_id, answer)
          .then(() => {
            go({ page: "chat", conversation: item.conversation_id });
            return outbox.accept(item.id);
          })
          .catch((error: unknown) => toast.failure("Your choice was not kept.", error));
      }}
    />
  );
}

interface RowProps {
  item: OutboxItem;
  onCompare: () => void;
  onDrop: () => void;
  onAdd: () => void;
}

function Row({ item, onCompare, onDrop, onAdd }: RowProps) {
  const wanted = tierLooks[item.wanted];
  return (
    <li aria-label={item.question} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-64 flex-1">
        <a
          href={hashOf({ page: "chat", conversation: item.conversation_id })}
          className="line-clamp-2 font-semibold wrap-anywhere hover:text-accent hover:underline"
        >
          {item.question}
        </a>
        <p className="text-sm text-ink-soft">{stateWords(item, new Date())}</p>
        <dl className="mt-0.5 flex flex-wrap gap-x-4 text-xs text-ink-faint">
          <Fact label="Wanted" value={wanted.label} />
          <Fact
            label={item.state === "answered" ? "Better answer" : "Answered so far"}
            value={item.answered === null ? "not at all" : tierLooks[item.answered].label}
          />
          <Fact label="Asked again" value={timesWords(item.attempts)} />
          <Fact label="Since" value={formatMoment(item.created_at, new Date())} />
        </dl>
        {item.local_only && (
          <span className="inline-flex items-center gap-1 text-xs font-semibold text-tier-local">
            <House aria-hidden className="size-3.5" />
            Local-only
          </span>
        )}
      </div>
      <div className="flex gap-2">
        {item.state === "answered" && (
          <Button size="sm" variant="primary" onClick={onCompare}>
            Compare
          </Button>
        )}
        {item.state === "dropped" && (
          <Button size="sm" onClick={onAdd}>
            Put in again
          </Button>
        )}
        <Button size="sm" onClick={onDrop}>
          {item.state === "dropped" ? "Remove" : "Drop"}
        </Button>
      </div>
    </li>
  );
}

function timesWords(times: number): string {
  if (times === 0) return "not yet";
  return times === 1 ? "once" : `${times} times`;
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div className="flex gap-1">
      <dt>{label}:</dt>
      <dd className="text-ink-soft">{value}</dd>
    </div>
  );
}
