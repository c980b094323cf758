import { ArrowRight } from "lucide-react";
import type { LinkStatus, Status } from "../../electron/contract/index.ts";
import { LinkState } from "../health/index.ts";
import { go } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { tierLooks } from "../words/index.ts";

/** Questions that the starter model was trained on, so a first try without any set-up gives a sensible answer. */
const examples = ["What happens when I lose my connection?", "What can you do?", "How do I add a provider?"];

interface WelcomeProps {
  status: Status | null;
  canAsk: boolean;
  onAsk: (question: string) => void;
}

/** What stands in an empty conversation: what works now, what would make it better, and something to try. */
export function Welcome({ status, canAsk, onAsk }: WelcomeProps) {
  if (status === null) return null;
  const hasProvider = status.links.some((link) => link.tier !== "local");
  return (
    <section
      aria-label="What works now"
      className="mx-auto my-6 max-w-2xl rounded-lg border border-line-strong bg-raised sm:my-10"
    >
      <div className="px-5 pt-4 pb-3">
        <h2 className="text-lg font-semibold">What works now</h2>
        {!hasProvider && (
          <p className="mt-0.5 text-ink-soft">
            No provider yet. Offline answers come from the starter model.
          </p>
        )}
      </div>
      <ol className="border-y border-line">
        {status.links.map((link, index) => (
          <LinkRow key={link.id} link={link} place={index + 1} />
        ))}
        {status.links.length === 0 && (
          <li className="px-5 py-2.5 text-sm text-ink-soft">
            No link is set up; only offline replies can be given.
          </li>
        )}
      </ol>
      {!hasProvider && (
        <div className="flex flex-wrap gap-2 px-5 pt-4">
          <Button variant="primary" onClick={() => go({ page: "settings", section: "add", link: null })}>
            Add a provider
          </Button>
          <Button onClick={() => go({ page: "models" })}>Get a better local model</Button>
        </div>
      )}
      <div className="px-3 pt-3 pb-3">
        <h3 className="section-label px-2 pb-0.5">
          {hasProvider ? "Something to try" : "Something to try, with no connection needed"}
        </h3>
        <ul>
          {examples.map((question) => (
            <li key={question}>
              <button
                type="button"
                disabled={!canAsk}
                onClick={() => onAsk(question)}
                className="group flex w-full items-center justify-between gap-3 rounded-md px-2 py-1.5 text-left text-sm hover:not-disabled:bg-accent-soft disabled:opacity-60"
              >
                {question}
                <ArrowRight aria-hidden className="size-4 shrink-0 text-ink-faint group-hover:text-accent" />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function LinkRow({ link, place }: { link: LinkStatus; place: number }) {
  const tier = tierLooks[link.tier];
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-0.5 border-line px-5 py-2 text-sm not-first:border-t">
      <span className="reading w-4 text-ink-faint">{place}</span>
      <span className={`flex w-24 items-center gap-1.5 font-semibold ${tier.color}`}>
        <tier.icon aria-hidden className="size-4" />
        {tier.label}
      </span>
      <span className="min-w-0 flex-1 truncate">
        {link.id} <span className="reading text-ink-faint">{link.model.split(/[\\/]/).at(-1)}</span>
      </span>
      <LinkState link={link} />
    </li>
  );
}
