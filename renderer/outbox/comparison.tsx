import { diffWordsWithSpace } from "diff";
import { useEffect, useMemo, useState } from "react";
import type { OutboxItem, StoredMessage } from "../../electron/contract/index.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Dialog } from "../ui/dialog.tsx";
import { formatMoment, formatUsd, tierLooks } from "../words/index.ts";
import type { OfferedAnswers, OutboxModel } from "./outbox-model.ts";

/** Texts that differ more than can be found out in this time are shown without marks, milliseconds. */
const diffLimitMs = 400;

interface Piece {
  /** Offset in its text, which makes it a key. */
  offset: number;
  text: string;
  changed: boolean;
}

/** Each text in pieces, with what the other one does not have; null when that takes too long to find out. */
function changesOf(before: string, after: string): { before: Piece[]; after: Piece[] } | null {
  const changes = diffWordsWithSpace(before, after, { timeout: diffLimitMs });
  if (changes === undefined) return null;
  const sides = { before: [] as Piece[], after: [] as Piece[] };
  const put = (side: Piece[], text: string, changed: boolean) => {
    const last = side.at(-1);
    side.push({ offset: last === undefined ? 0 : last.offset + last.text.length, text, changed });
  };
  for (const { value, added, removed } of changes) {
    if (!added) put(sides.before, value, removed);
    if (!removed) put(sides.after, value, added);
  }
  return sides;
}

interface ComparisonProps {
  item: OutboxItem;
  outbox: OutboxModel;
  onClose: () => void;
  /** The person decided for one of the answers. */
  onKeep: (answer: string) => void;
}

/** The answer that the person has, and the better one beside it, with what changed. */
export function Comparison({ item, outbox, onClose, onKeep }: ComparisonProps) {
  const [answers, setAnswers] = useState<OfferedAnswers | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    outbox.answersOf(item).then(
      (found) => current && setAnswers(found),
      (error: unknown) => current && setFailure(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
    };
  }, [outbox, item]);
  return (
    <Dialog title="A better answer is ready" onClose={onClose} className="w-[min(76rem,calc(100vw-2rem))]">
      <p className="mb-4 font-semibold wrap-anywhere">{item.question}</p>
      {failure !== null && <p role="alert">The answers could not be read. {failure}</p>}
      {answers === null ? (
        failure === null && <p className="text-sm text-ink-soft">Reading both answers.</p>
      ) : (
        <Sides answers={answers} onKeep={onKeep} />
      )}
    </Dialog>
  );
}

function Sides({
  answers: { old, better },
  onKeep,
}: {
  answers: OfferedAnswers;
  onKeep: (id: string) => void;
}) {
  const changes = useMemo(() => changesOf(old?.text ?? "", better.text), [old, better]);
  return (
    <>
      <div className="grid gap-5 md:grid-cols-2">
        {old === null ? (
          <p className="text-sm text-ink-soft">There is no earlier answer to this question.</p>
        ) : (
          <Side
            name="The answer that you have"
            answer={old}
            pieces={changes?.before ?? null}
            mark="del"
            onKeep={onKeep}
          />
        )}
        <Side
          name="The better answer"
          answer={better}
          pieces={changes?.after ?? null}
          mark="ins"
          onKeep={onKeep}
        />
      </div>
      <p className="mt-4 text-xs text-ink-faint">
        {changes === null
          ? "The two differ too much for their differences to be marked."
          : "Struck through: only in the answer that you have. Underlined: only in the better one."}{" "}
        Both stay in the conversation, whichever you keep in view.
      </p>
    </>
  );
}

interface SideProps {
  name: string;
  answer: StoredMessage;
  /** Null where differences are not marked. */
  pieces: readonly Piece[] | null;
  mark: "ins" | "del";
  onKeep: (id: string) => void;
}

function Side({ name, answer, pieces, mark: Mark, onKeep }: SideProps) {
  const { receipt } = answer;
  const look = receipt === null ? null : tierLooks[receipt.tier];
  return (
    <section aria-label={name} className="flex min-w-0 flex-col">
      <h3 className="section-label">{name}</h3>
      <div className="flex flex-wrap items-center gap-x-3 pb-2 text-sm">
        {look !== null && (
          <span className={cn("inline-flex items-center gap-1.5 font-semibold", look.color)}>
            <look.icon aria-hidden className="size-4" />
            {look.label}
          </span>
        )}
        {receipt?.link != null && <span className="text-ink-soft">{receipt.link}</span>}
        {receipt?.model != null && (
          <span className="reading text-ink-faint">{receipt.model.split(/[\\/]/).at(-1)}</span>
        )}
        <span className="reading text-ink-faint">
          {formatMoment(answer.created_at, new Date())}
          {receipt?.cost_usd != null && `, ${formatUsd(receipt.cost_usd)}`}
        </span>
      </div>
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long answer is scrolled by keyboard too
        tabIndex={0}
        className={cn(
          "max-h-[50dvh] flex-1 overflow-y-auto border-l-2 bg-raised px-3 py-2 text-sm wrap-anywhere whitespace-pre-wrap",
          look?.rule ?? "border-line-strong",
        )}
      >
        {pieces === null
          ? answer.text
          : pieces.map(({ offset, text, changed }) =>
              changed ? (
                <Mark
                  key={offset}
                  className={Mark === "ins" ? "bg-good/20 underline" : "bg-bad/15 line-through"}
                >
                  {text}
                </Mark>
              ) : (
                <span key={offset}>{text}</span>
              ),
            )}
      </div>
      <Button
        variant={Mark === "ins" ? "primary" : "outline"}
        className="mt-3 self-start"
        onClick={() => onKeep(answer.id)}
      >
        Keep this one
      </Button>
    </section>
  );
}
