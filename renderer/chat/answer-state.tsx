import type { StoredMessage } from "../../electron/contract/index.ts";
import { kindWords, tierLooks } from "../words/index.ts";
import type { Live } from "./answer.ts";

/** What is going on while an answer has no text yet, or began anew. */
export function LiveState({ live, hasText }: { live: Live; hasText: boolean }) {
  const { asking, failed, reasoning } = live;
  const last = failed.at(-1);
  const [first, ...hedges] = asking;
  return (
    <>
      {live.retracted !== null && <Retracted retracted={live.retracted} hasText={hasText} />}
      {!hasText && (
        <p className="flex flex-wrap items-baseline gap-x-2 text-sm text-ink-soft">
          <span
            aria-hidden
            className="size-2 animate-pulse self-center rounded-full bg-accent motion-reduce:animate-none"
          />
          {first === undefined
            ? "Choosing who answers"
            : `${reasoning ? "Reasoning" : "Asking"}: ${first.link}`}
          {first !== undefined && <span className="reading text-ink-faint">{first.model}</span>}
          {last !== undefined && live.retracted === null && (
            <span className="text-ink-faint">
              ({last.link}: {last.kind === null ? "failed" : kindWords[last.kind]})
            </span>
          )}
        </p>
      )}
      {!hasText && first !== undefined && hedges.length > 0 && (
        <p role="status" className="mt-1 text-sm text-ink-soft">
          {first.link} has not begun to answer, so {hedges.map(({ link }) => link).join(" and ")}{" "}
          {hedges.length === 1 ? "is" : "are"} asked as well. The first to speak answers.
        </p>
      )}
    </>
  );
}

/** An answer that broke off gives way: its text fades, and a note says who starts again. */
function Retracted({ retracted, hasText }: { retracted: NonNullable<Live["retracted"]>; hasText: boolean }) {
  return (
    <div className="mb-2">
      <p role="status" className="border-l-2 border-caution pl-3 text-sm text-ink-soft">
        The answer broke off; starting again{retracted.by === null ? "" : ` with ${retracted.by}`}.
      </p>
      {!hasText && (
        <p
          aria-hidden
          className="mt-2 line-clamp-4 animate-[give-way_1.2s_ease-out_forwards] whitespace-pre-wrap"
        >
          {retracted.text}
        </p>
      )}
    </div>
  );
}

const endings = {
  stopped: "You stopped this answer here.",
  interrupted: "Holdfast was closed in the middle of this answer. What had arrived by then is kept.",
  failed: "No link could finish this answer.",
} as const;

/** Says that an answer is not whole, where none of its notices says so already. */
export function Ending({ message }: { message: StoredMessage }) {
  const { state, receipt } = message;
  if (state === "streaming" || state === "complete") return null;
  const told = receipt?.notices.some((notice) =>
    state === "stopped"
      ? notice.code === "stopped"
      : notice.severity === "error" || notice.code === "offline",
  );
  if (told === true) return null;
  return <p className="mt-2 border-l-2 border-line-strong pl-3 text-sm text-ink-soft">{endings[state]}</p>;
}

/** What a screen reader hears of the newest answer. */
export function spokenState(message: StoredMessage, live: Live | null): string {
  if (live !== null) return live.retracted === null ? "Answering." : "The answer broke off; starting again.";
  switch (message.state) {
    case "complete":
      return message.receipt === null
        ? "Answered."
        : `Answered. Tier: ${tierLooks[message.receipt.tier].label}.`;
    case "stopped":
      return "Answer stopped.";
    case "interrupted":
      return "Answer interrupted.";
    case "failed":
      return "No answer.";
    case "streaming":
      return "Answering.";
    default:
      return message.state satisfies never;
  }
}
