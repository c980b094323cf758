import { useEffect, useState } from "react";
import type { LabBallot } from "../../electron/contract/index.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import type { LabModel } from "./lab-model.ts";

const nameOf = (slot: number): string => `Answer ${String.fromCharCode(65 + slot)}`;

interface VoteProps {
  run: string;
  lab: LabModel;
  onClose: () => void;
}

/** Answers side by side without their links' names, one prompt after the other. */
export function Vote({ run, lab, onClose }: VoteProps) {
  const [ballot, setBallot] = useState<LabBallot | null | undefined>(undefined);
  const [failure, setFailure] = useState<string | null>(null);
  const take = (work: Promise<LabBallot | null>) =>
    work.then(
      (next) => {
        setFailure(null);
        setBallot(next);
      },
      (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
    );
  // biome-ignore lint/correctness/useExhaustiveDependencies: `take` only sets state
  useEffect(() => void take(lab.ballot(run)), [lab, run]);
  const vote = (slot: number | null) => {
    if (ballot) void take(lab.vote(run, ballot.prompt_id, slot));
  };
  return (
    <Dialog title="Which answer is best?" onClose={onClose} className="w-[min(76rem,calc(100vw-2rem))]">
      {failure !== null && (
        <p role="alert" className="mb-3 text-sm text-bad">
          The vote could not be taken. {failure}
        </p>
      )}
      {ballot === null && <p className="text-ink-soft">Nothing is left to vote on.</p>}
      {ballot != null && (
        <>
          <p className="mb-1 text-xs text-ink-faint">
            {ballot.left} {ballot.left === 1 ? "prompt" : "prompts"} left. Whose answers they are is shown in
            the results only.
          </p>
          <p className="mb-4 font-semibold wrap-anywhere whitespace-pre-wrap">{ballot.question}</p>
          <div className="grid gap-5 md:grid-cols-2">
            {ballot.answers.map(({ slot, text }) => (
              <section key={slot} aria-label={nameOf(slot)} className="flex min-w-0 flex-col">
                <h3 className="section-label pb-1">{nameOf(slot)}</h3>
                <div
                  // biome-ignore lint/a11y/noNoninteractiveTabindex: a long answer is scrolled by keyboard too
                  tabIndex={0}
                  className="max-h-[45dvh] flex-1 overflow-y-auto border-l-2 border-line-strong bg-raised px-3 py-2 text-sm wrap-anywhere whitespace-pre-wrap"
                >
                  {text}
                </div>
                <Button className="mt-3 self-start" onClick={() => vote(slot)}>
                  {nameOf(slot)} is best
                </Button>
              </section>
            ))}
          </div>
          <Button variant="quiet" className="mt-4" onClick={() => vote(null)}>
            None is better
          </Button>
        </>
      )}
    </Dialog>
  );
}
