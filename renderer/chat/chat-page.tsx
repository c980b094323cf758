import { useCallback, useEffect, useMemo } from "react";
import type { NoticeAction, OutboxItem } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { go, useStore } from "../state/index.ts";
import { toast } from "../ui/toast.tsx";
import type { Entry } from "./answer.ts";
import { spokenState } from "./answer-state.tsx";
import { Welcome } from "./first-run.tsx";
import { LocalOnlyFrame, useLocalOnly } from "./local-only.tsx";
import { AnswerView, QuestionView } from "./message-view.tsx";
import { Offer } from "./offer.tsx";
import { ChatRuntime, Composer, ThreadViewport } from "./runtime/index.ts";
import { shownVariant, type Turn, turnsOf } from "./turns.ts";

/** One conversation, or the beginning of a new one. */
export function ChatPage({ conversation }: { conversation: string | null }) {
  const { connection, thread, drafts, status, outbox } = useApp();
  const state = useStore(thread.store, (now) => now);
  const connected = useStore(connection.state, (now) => now.phase === "ready");
  const statusNow = useStore(status.store, (now) => now);

  const items = useStore(outbox.store, (now) => now);
  const localOnly = useLocalOnly(conversation);

  useEffect(() => thread.open(conversation), [thread, conversation]);

  const { entries, chosen } = state;
  const itemOf = useMemo(() => new Map(items?.map((item) => [item.question_id, item])), [items]);
  const turns = useMemo(() => turnsOf(entries.values()), [entries]);
  const shown = useMemo(
    () => turns.map((turn) => ({ turn, variant: shownVariant(turn, chosen, offeredTo(turn, itemOf)) })),
    [turns, chosen, itemOf],
  );
  // The outbox stores its answers by itself: they are read when it says that one is ready.
  const unread = items?.find(({ question_id: question, answer_id: answer }) => {
    return answer !== null && entries.has(question) && !entries.has(answer);
  })?.answer_id;
  useEffect(() => {
    if (unread !== undefined) thread.refresh();
  }, [thread, unread]);
  const visible = useMemo(
    () =>
      shown.flatMap(({ turn, variant }) => (variant === null ? [turn.question] : [turn.question, variant])),
    [shown],
  );
  const byMessage = new Map(
    shown.flatMap((one) => [
      [one.turn.question.message.id, one] as const,
      ...(one.variant === null ? [] : [[one.variant.message.id, one] as const]),
    ]),
  );
  const running = visible.find((entry) => entry.live !== null) ?? null;
  const canSend = connected && running === null && state.phase === "ready";

  const ask = useCallback(
    async (text: string) => {
      try {
        const id = await thread.send(text);
        go({ page: "chat", conversation: id });
      } catch (error) {
        toast.failure("The question was not sent. It stands in the composer.", error);
        throw error;
      }
    },
    [thread],
  );

  // The page shows the thread that the address names; for one frame it may still hold the one before.
  if (state.id !== conversation && conversation !== null) return <Notice text="Opening the conversation." />;
  if (state.phase === "missing") {
    return <Notice text="There is no such conversation. It may have been deleted." />;
  }

  const newest = visible.at(-1);
  return (
    <LocalOnlyFrame localOnly={localOnly}>
      <ChatRuntime
        key={conversation ?? "new"}
        entries={visible}
        canSend={canSend}
        draft={drafts.read(conversation)}
        onDraft={(text) => drafts.write(conversation, text)}
        onSend={ask}
        onStop={async () => {
          if (running === null) return;
          try {
            await thread.stop(running.message.id);
          } catch (error) {
            toast.failure("The answer could not be stopped.", error);
          }
        }}
      >
        <ThreadViewport
          empty={
            state.phase === "ready" ? (
              <Welcome
                status={statusNow}
                canAsk={canSend}
                onAsk={(question) => void ask(question).catch(() => drafts.write(conversation, question))}
              />
            ) : (
              <Notice text="Opening the conversation." />
            )
          }
          message={(id) => {
            const one = byMessage.get(id);
            if (one === undefined) return null;
            if (one.turn.question.message.id === id) return <QuestionView entry={one.turn.question} />;
            return one.variant === null ? null : (
              <Answer
                turn={one.turn}
                variant={one.variant}
                item={itemOf.get(one.turn.question.message.id) ?? null}
                canRegenerate={connected && running === null}
              />
            );
          }}
          footer={
            <div className="border-t border-line bg-paper px-4 py-3 sm:px-6">
              <div className="mx-auto max-w-[62rem]">
                <Composer
                  running={running !== null}
                  localOnly={localOnly}
                  blocked={connected ? null : "Not connected. What you write is kept."}
                />
              </div>
            </div>
          }
        />
        <p role="status" className="sr-only">
          {newest?.message.role === "assistant" && spokenState(newest.message, newest.live)}
        </p>
      </ChatRuntime>
    </LocalOnlyFrame>
  );
}

/** The answer to a turn's question that is on offer; null when there is none. */
function offeredTo(turn: Turn, itemOf: ReadonlyMap<string, OutboxItem>): string | null {
  return itemOf.get(turn.question.message.id)?.answer_id ?? null;
}

function Notice({ text }: { text: string }) {
  return <p className="flex-1 px-6 py-10 text-center text-sm text-ink-soft">{text}</p>;
}

interface AnswerProps {
  turn: Turn;
  variant: Entry;
  /** What the outbox has of the question. */
  item: OutboxItem | null;
  canRegenerate: boolean;
}

/** The shown answer of a turn, with what can be done about it. */
function Answer({ turn, variant, item, canRegenerate }: AnswerProps) {
  const { thread } = useApp();
  const question = turn.question.message.id;
  const choose = useCallback((at: number) => thread.choose(question, at), [thread, question]);
  const regenerate = useCallback(() => {
    thread
      .regenerate(question)
      .catch((error: unknown) => toast.failure("The question was not asked again.", error));
  }, [thread, question]);
  const act = useCallback(
    (action: NoticeAction) => {
      switch (action.target) {
        case "settings":
          go({ page: "settings", section: "providers", link: action.link ?? null });
          return;
        case "models":
          go({ page: "models" });
          return;
        case "retry":
          regenerate();
          return;
        default:
          action.target satisfies never;
      }
    },
    [regenerate],
  );
  return (
    <AnswerView
      entry={variant}
      at={turn.variants.indexOf(variant)}
      count={turn.variants.length}
      canRegenerate={canRegenerate}
      onChoose={choose}
      onRegenerate={regenerate}
      onAction={act}
      offer={<Offer question={question} shown={variant} item={item} />}
    />
  );
}
