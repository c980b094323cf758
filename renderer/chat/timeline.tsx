import { Ban, Check, LoaderCircle, Minus, X } from "lucide-react";
import type { Attempt, Receipt, Seam } from "../../electron/contract/index.ts";
import { cn } from "../ui/cn.ts";
import {
  formatAge,
  formatCount,
  formatMs,
  formatUsd,
  levelLooks,
  outcomeWords,
  tierLooks,
} from "../words/index.ts";
import type { Asked } from "./answer.ts";
import { spanOf, storyOf } from "./attempt-story.ts";

const outcomeLooks = {
  answered: { icon: Check, color: "text-good", bar: "bg-good" },
  failed: { icon: X, color: "text-bad", bar: "bg-bad" },
  skipped: { icon: Minus, color: "text-ink-faint", bar: "bg-ink-faint" },
  cancelled: { icon: Ban, color: "text-ink-soft", bar: "bg-ink-faint" },
} as const;

interface Span {
  /** Milliseconds since the first attempt began. */
  startMs: number;
  /** Length of the whole timeline, milliseconds; never 0. */
  wholeMs: number;
}

/** When the attempt ran, within the whole request; the paler part is the wait for the first token. */
function Bar({ attempt, span }: { attempt: Attempt; span: Span }) {
  const percent = (ms: number) => `${(100 * ms) / span.wholeMs}%`;
  const waited = attempt.first_token_ms ?? attempt.duration_ms;
  const { bar } = outcomeLooks[attempt.outcome];
  return (
    <div aria-hidden className="relative h-1.5 overflow-hidden bg-line">
      <div
        className={cn("absolute inset-y-0 min-w-px opacity-45", bar)}
        style={{ left: percent(span.startMs), width: percent(waited) }}
      />
      <div
        className={cn("absolute inset-y-0 min-w-0.5", bar)}
        style={{
          left: percent(span.startMs + (attempt.first_token_ms === null ? attempt.duration_ms : waited)),
          width: percent(attempt.duration_ms - waited),
        }}
      />
    </div>
  );
}

function Reading({ label, value }: { label: string; value: string }) {
  return (
    <div className="flex items-baseline gap-1.5">
      <dt className="text-xs text-ink-faint">{label}</dt>
      <dd className="reading">{value}</dd>
    </div>
  );
}

interface AttemptRowProps {
  attempt: Attempt;
  span: Span;
  /** Its part in the answer, where its own record does not say it. */
  story: string | null;
}

function AttemptRow({ attempt, span, story }: AttemptRowProps) {
  const look = outcomeLooks[attempt.outcome];
  const wasAsked = attempt.outcome !== "skipped";
  return (
    <li className="flex flex-col gap-1.5 py-2.5">
      <div className="flex flex-wrap items-baseline gap-x-2.5 gap-y-0.5">
        <look.icon aria-hidden className={cn("size-4 shrink-0 self-center", look.color)} />
        <span className="text-sm font-semibold">{attempt.link}</span>
        <span className="reading text-ink-soft">{attempt.model}</span>
        <span className={cn("text-sm", look.color)}>{outcomeWords(attempt)}</span>
      </div>
      {wasAsked && <Bar attempt={attempt} span={span} />}
      {story !== null && <p className="text-xs font-medium">{story}</p>}
      {attempt.message !== null && <p className="text-xs text-ink-soft">{attempt.message}</p>}
      {wasAsked && <Readings attempt={attempt} />}
    </li>
  );
}

function Readings({ attempt }: { attempt: Attempt }) {
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-0.5">
      {attempt.connect_ms !== null && <Reading label="connected" value={formatMs(attempt.connect_ms)} />}
      {attempt.first_token_ms !== null && (
        <Reading label="first token" value={formatMs(attempt.first_token_ms)} />
      )}
      <Reading label="total" value={formatMs(attempt.duration_ms)} />
      {attempt.usage !== null && (
        <Reading
          label="tokens"
          value={`${formatCount(attempt.usage.input_tokens)} in, ${formatCount(attempt.usage.output_tokens)} out`}
        />
      )}
      {attempt.cost_usd !== null && <Reading label="cost" value={formatUsd(attempt.cost_usd)} />}
      {attempt.status !== null && attempt.status >= 400 && (
        <Reading label="HTTP status" value={String(attempt.status)} />
      )}
    </dl>
  );
}

/** The attempts of an answer that is still being made, or the receipt of one that is finished. */
export type TimelineSource = Partial<Omit<Receipt, "attempts" | "seams">> & {
  readonly attempts: readonly Attempt[];
  readonly seams?: readonly Seam[];
};

interface TimelineProps {
  id: string;
  receipt: TimelineSource;
  /** The links that are being asked now. */
  asking?: readonly Asked[];
  /** Whether the one that is asked has begun to answer. */
  speaking?: boolean;
}

/** A link that is being asked: it has no record yet. */
function AskedRow({ asked: { link, model }, speaking }: { asked: Asked; speaking: boolean }) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-2.5 gap-y-0.5 py-2.5">
      <LoaderCircle
        aria-hidden
        className="size-4 shrink-0 animate-spin self-center text-accent motion-reduce:animate-none"
      />
      <span className="text-sm font-semibold">{link}</span>
      <span className="reading text-ink-soft">{model}</span>
      <span className="text-sm text-accent">{speaking ? "Is answering" : "Is being asked"}</span>
    </li>
  );
}

/** What was tried for an answer, in order, with times and costs; and what else the receipt says. */
export function Timeline({ id, receipt, asking = [], speaking = false }: TimelineProps) {
  const { attempts } = receipt;
  const { firstMs, wholeMs } = spanOf(attempts);
  return (
    <section
      id={id}
      aria-label="Timeline of attempts"
      className="mb-3 rounded-lg border border-line bg-panel/60 px-3.5 pt-1 pb-2.5"
    >
      {attempts.length + asking.length === 0 ? (
        <p className="py-2 text-sm text-ink-soft">No link was tried for this answer.</p>
      ) : (
        <ol className="divide-y divide-line">
          {attempts.map((attempt, index) => (
            <AttemptRow
              // biome-ignore lint/suspicious/noArrayIndexKey: a link may be tried twice, and attempts are only ever added
              key={index}
              attempt={attempt}
              span={{ startMs: Date.parse(attempt.started_at) - firstMs, wholeMs }}
              story={storyOf(attempt, { attempts, seams: receipt.seams ?? [] })}
            />
          ))}
          {asking.map((asked) => (
            <AskedRow key={asked.link} asked={asked} speaking={speaking} />
          ))}
        </ol>
      )}
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-t border-line-strong pt-2">
        <span className="text-sm font-semibold">{countWords(attempts.length + asking.length)}</span>
        <dl className="flex flex-wrap gap-x-4 gap-y-0.5">
          {attempts.length > 0 && <Reading label="in all" value={formatMs(wholeMs)} />}
          {receipt.cost_usd != null && <Reading label="cost" value={formatUsd(receipt.cost_usd)} />}
          {receipt.level !== undefined && <Reading label="level" value={levelLooks[receipt.level].label} />}
          {receipt.requested_tier !== undefined && receipt.requested_tier !== receipt.tier && (
            <Reading label="asked for" value={tierLooks[receipt.requested_tier].label} />
          )}
        </dl>
      </div>
      <Provenance receipt={receipt} />
    </section>
  );
}

const countWords = (count: number) => (count === 1 ? "1 attempt" : `${count} attempts`);

/** Where a cached or continued answer comes from. */
function Provenance({ receipt }: { receipt: TimelineSource }) {
  const {
    seams = [],
    dropped = [],
    original_question: original = null,
    age_s: age = null,
    similarity = null,
  } = receipt;
  const lines = [
    ...seams.map((seam) => `Continued by ${seam.link} after ${formatCount(seam.offset)} characters.`),
    ...(dropped.length > 0 ? [`Left out, because the link can't do it: ${dropped.join(", ")}.`] : []),
    ...(original === null ? [] : [`The question that it was the answer to: “${original}”`]),
    ...(similarity === null ? [] : [`Similarity of the two questions: ${similarity.toFixed(3)} of 1.`]),
    ...(age === null ? [] : [`Its age: ${formatAge(age)}.`]),
  ];
  if (lines.length === 0) return null;
  return (
    <ul className="mt-1.5 text-xs text-ink-soft">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
