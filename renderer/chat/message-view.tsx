import { Check, Copy, RotateCcw } from "lucide-react";
import { memo, type ReactNode, useId, useState } from "react";
import type { NoticeAction } from "../../electron/contract/index.ts";
import { CacheUse, MarkDown } from "../cache/index.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { formatMoment, formatMs, tierLooks } from "../words/index.ts";
import type { Entry } from "./answer.ts";
import { Ending, LiveState } from "./answer-state.tsx";
import { spanOf } from "./attempt-story.ts";
import { Markdown } from "./markdown/index.ts";
import { Notices } from "./notices.tsx";
import { TierBadge } from "./tier-badge.tsx";
import { Timeline } from "./timeline.tsx";
import { useCopy } from "./use-copy.ts";
import { Variants } from "./variants.tsx";

/** A margin with who and when, and the text beside it; one below the other where there is little room. */
const row = "mx-auto grid max-w-[62rem] grid-cols-1 gap-x-6 gap-y-1 @3xl:grid-cols-[9.5rem_minmax(0,46rem)]";

export const QuestionView = memo(function QuestionView({ entry: { message } }: { entry: Entry }) {
  return (
    <article aria-label="Question" className={cn(row, "border-t border-line pt-4 pb-3 first:border-0")}>
      <div className="flex items-baseline gap-2 @3xl:flex-col @3xl:gap-0">
        <span className="text-sm font-semibold text-ink-soft">You</span>
        <time dateTime={message.created_at} className="reading text-ink-faint">
          {formatMoment(message.created_at, new Date())}
        </time>
      </div>
      <p className="font-semibold wrap-anywhere whitespace-pre-wrap">{message.text}</p>
    </article>
  );
});

interface AnswerViewProps {
  entry: Entry;
  /** Place of this variant among the answers to its question, from 0. */
  at: number;
  count: number;
  /** Whether another answer may be asked for now. */
  canRegenerate: boolean;
  onChoose: (at: number) => void;
  onRegenerate: () => void;
  onAction: (action: NoticeAction) => void;
  /** How the outbox stands with the question. */
  offer: ReactNode;
}

export const AnswerView = memo(function AnswerView(props: AnswerViewProps) {
  const { message, live } = props.entry;
  const { receipt } = message;
  const [open, setOpen] = useState(false);
  const timeline = useId();
  const tier = receipt?.tier ?? live?.asking[0]?.tier ?? null;
  const link = receipt === null ? (live?.asking[0]?.link ?? null) : receipt.link;
  return (
    <article
      aria-label="Answer"
      aria-busy={live !== null}
      data-state={message.state}
      className={cn(row, "pb-6")}
    >
      <div className="flex flex-wrap items-center gap-x-3 @3xl:flex-col @3xl:items-start @3xl:gap-0.5">
        {tier !== null && (
          <TierBadge
            tier={tier}
            answered={receipt !== null}
            open={open}
            controls={timeline}
            onToggle={() => setOpen((now) => !now)}
          />
        )}
        {link !== null && <span className="text-sm wrap-anywhere text-ink-soft">{link}</span>}
        <AnsweredIn entry={props.entry} />
      </div>
      <div
        className={cn(
          "min-w-0 border-l-2 pl-4",
          receipt === null ? "border-line-strong" : tierLooks[receipt.tier].rule,
        )}
      >
        {open && receipt !== null && <Timeline id={timeline} receipt={receipt} />}
        {open && receipt === null && live !== null && (
          <Timeline
            id={timeline}
            receipt={{ attempts: live.failed, seams: live.seams }}
            asking={live.asking}
            speaking={message.text !== ""}
          />
        )}
        {live !== null && <LiveState live={live} hasText={message.text !== ""} />}
        <div className={cn(message.state === "failed" && receipt?.tier !== "offline" && "opacity-75")}>
          <Markdown text={message.text} seams={receipt?.seams ?? live?.seams} />
        </div>
        <Ending message={message} />
        <Notices notices={receipt?.notices ?? live?.notices ?? []} onAction={props.onAction} />
        {receipt !== null && live === null && <CacheUse receipt={receipt} />}
        {props.offer}
        {live === null && <Actions {...props} />}
      </div>
    </article>
  );
});

/** The time of the whole answer, every attempt included. */
function AnsweredIn({ entry: { message } }: { entry: Entry }) {
  const attempts = message.receipt?.attempts ?? [];
  if (attempts.length === 0) return null;
  return (
    <span className="reading text-ink-faint">
      {formatMs(spanOf(attempts).wholeMs)}
      {attempts.length > 1 && `, ${attempts.length} attempts`}
    </span>
  );
}

/** Whether the answer may be in the cache: whole, and of a cloud link. */
const isKeepable = ({ message: { state, receipt } }: Entry): boolean =>
  state === "complete" && (receipt?.tier === "cloud" || receipt?.tier === "backup");

function Actions({ entry, at, count, canRegenerate, onChoose, onRegenerate }: AnswerViewProps) {
  const { copied, copy } = useCopy();
  return (
    <div className="mt-2 -ml-2 flex items-center">
      {entry.message.text !== "" && (
        <Tooltip text={copied ? "Copied" : "Copy the answer as Markdown"}>
          <Button
            variant="quiet"
            size="icon"
            aria-label={copied ? "Copied" : "Copy answer"}
            onClick={() => copy(entry.message.text)}
          >
            {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
          </Button>
        </Tooltip>
      )}
      <Tooltip text="Ask again; this answer is kept">
        <Button
          variant="quiet"
          size="icon"
          aria-label="Ask again"
          disabled={!canRegenerate}
          onClick={onRegenerate}
        >
          <RotateCcw aria-hidden />
        </Button>
      </Tooltip>
      {isKeepable(entry) && <MarkDown message={entry.message} />}
      <Variants at={at} count={count} onChoose={onChoose} />
    </div>
  );
}
