import { useEffect, useState } from "react";
import type { Receipt, CacheUse as Use } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { Disclosure } from "../ui/disclosure.tsx";
import { toast } from "../ui/toast.tsx";
import { formatAge } from "../words/index.ts";

/** What stands with an answer from the cache, or with an offline reply beside which there is a similar earlier question. */
export function CacheUse({ receipt }: { receipt: Receipt }) {
  const { cache } = receipt;
  if (cache === undefined) return null;
  if (receipt.tier === "cache") {
    return (
      <section
        aria-label="Earlier answer"
        className="mt-3 border-y border-line py-2 text-sm [ul+&]:mt-0 [ul+&]:border-t-0"
      >
        <Facts
          question={receipt.original_question ?? ""}
          similarity={receipt.similarity ?? 0}
          ageS={receipt.age_s ?? 0}
        />
        <SameQuestion lookup={cache.lookup} />
      </section>
    );
  }
  return cache.similar === null ? null : <Similar lookup={cache.lookup} similar={cache.similar} />;
}

function Facts({ question, similarity, ageS }: { question: string; similarity: number; ageS: number }) {
  const facts = [
    ["Question then", question],
    ["Similarity", similarity === 1 ? "the same words" : `${Math.floor(similarity * 100)} %`],
    ["Age", formatAge(ageS)],
  ] as const;
  return (
    <dl className="flex flex-wrap gap-x-5 gap-y-0.5">
      {facts.map(([name, value]) => (
        <div key={name} className="flex gap-1.5">
          <dt className="text-ink-faint">{name}:</dt>
          <dd className="wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** An answer to a similar question: folded, since it is no answer to this one. */
function Similar({ lookup, similar }: { lookup: string; similar: NonNullable<Use["similar"]> }) {
  return (
    <section
      aria-label="A similar earlier question"
      className="mt-3 border-y border-line py-2 text-sm [ul+&]:mt-0 [ul+&]:border-t-0"
    >
      <p className="section-label">A similar earlier question</p>
      <Facts question={similar.question} similarity={similar.similarity} ageS={similar.age_s} />
      <Disclosure className="mt-1.5" summary="Show the answer to that question">
        <p className="mt-1.5 border-l-2 border-tier-cache bg-raised px-3 py-2 wrap-anywhere whitespace-pre-wrap">
          {similar.answer}
        </p>
        <p className="mt-1 text-xs text-ink-faint">
          {similar.link}, {similar.model}
        </p>
      </Disclosure>
      <SameQuestion lookup={lookup} />
    </section>
  );
}

/** Asks whether the earlier question was this one; a *no* is never forgotten. */
function SameQuestion({ lookup }: { lookup: string }) {
  const { cache } = useApp();
  const [said, setSaid] = useState<boolean | null | "gone">("gone");
  useEffect(() => {
    let current = true;
    cache.lookup(lookup).then(
      (found) => current && setSaid(found === null ? "gone" : found.said),
      (error: unknown) => console.error("The look-up could not be read:", error),
    );
    return () => {
      current = false;
    };
  }, [cache, lookup]);
  if (said === "gone") return null;
  const say = (same: boolean) =>
    void cache.say(lookup, same).then(
      () => setSaid(same),
      (error: unknown) => toast.failure("That could not be noted.", error),
    );
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-2" role="status">
      {said === null ? (
        <>
          <span className="font-medium">Was this the same question?</span>
          <Button size="sm" onClick={() => say(true)}>
            Yes
          </Button>
          <Button size="sm" onClick={() => say(false)}>
            No
          </Button>
        </>
      ) : (
        <span className="text-ink-soft">
          {said
            ? "You said that it was the same question."
            : "You said that it was another question. That answer will not be given to this one again."}
        </span>
      )}
    </div>
  );
}
