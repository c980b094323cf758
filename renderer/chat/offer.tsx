import { GitCompareArrows, Hourglass } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { OutboxItem } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Comparison } from "../outbox/index.ts";
import { hashOf } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import type { Entry } from "./answer.ts";

function Line({ icon, text, children }: { icon: ReactNode; text: string; children: ReactNode }) {
  return (
    <div className="mt-3 flex flex-wrap [section+&]:mt-0 [section+&]:border-t-0 [ul+&]:mt-0 [ul+&]:border-t-0 items-center gap-x-3 gap-y-1.5 border-y border-line py-2 text-sm [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-accent">
      {icon}
      <p className="min-w-52 flex-1">{text}</p>
      {children}
    </div>
  );
}

const ToOutbox = () => (
  <Button asChild size="sm">
    <a href={hashOf({ page: "outbox" })}>Open the outbox</a>
  </Button>
);

/** Whether it is of use to ask the same again later: nothing answered, and no link refused the question itself. */
function mayBeAskedLater({ message }: Entry): boolean {
  return (
    message.state === "failed" &&
    message.receipt?.notices.some((notice) => notice.code === "request_refused") !== true
  );
}

interface OfferProps {
  question: string;
  /** The answer that is shown. */
  shown: Entry;
  /** What the outbox has of this question, or null. */
  item: OutboxItem | null;
}

/** How the outbox stands with a question, under its answer: a better answer that is ready, a wait, or the leave to wait. */
export function Offer({ question, shown, item }: OfferProps) {
  if (shown.live !== null) return null;
  if (item === null) return mayBeAskedLater(shown) ? <Leave question={question} /> : null;
  switch (item.state) {
    case "answered":
      return item.answer_id === shown.message.id ? null : <Ready question={question} item={item} />;
    case "waiting":
    case "asking":
    case "dropped":
      return (
        <Line icon={<Hourglass aria-hidden />} text={item.notice.text}>
          <ToOutbox />
        </Line>
      );
    default:
      return item.state satisfies never;
  }
}

function Ready({ question, item }: { question: string; item: OutboxItem }) {
  const { outbox, thread } = useApp();
  const [comparing, setComparing] = useState(false);
  return (
    <Line icon={<GitCompareArrows aria-hidden />} text={item.notice.text}>
      <Button size="sm" variant="primary" onClick={() => setComparing(true)}>
        Compare
      </Button>
      {comparing && (
        <Comparison
          item={item}
          outbox={outbox}
          onClose={() => setComparing(false)}
          onKeep={(answer) => {
            setComparing(false);
            thread
              .keep(question, answer)
              .then(() => outbox.accept(item.id))
              .catch((error: unknown) => toast.failure("Your choice was not kept.", error));
          }}
        />
      )}
    </Line>
  );
}

function Leave({ question }: { question: string }) {
  const { outbox } = useApp();
  const add = () =>
    void outbox
      .add(question)
      .catch((error: unknown) => toast.failure("The question was not put into the outbox.", error));
  return (
    <Line icon={<Hourglass aria-hidden />} text="The outbox can keep this question for later.">
      <Button size="sm" onClick={add}>
        Ask again when a better link is back
      </Button>
    </Line>
  );
}
