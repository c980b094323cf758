import type { DrillMoment, DrillProgress } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import { formatMs } from "../words/index.ts";
import { Findings } from "./findings.tsx";
import { TierCounts, Timeline } from "./timeline.tsx";

/** The drill that runs: how far it is, what happens in it, and how its expectations stand. */
export function RunningView({ progress }: { progress: DrillProgress }) {
  const { drills } = useApp();
  const { name, done, total, faults, points, tiers, moments, findings, elapsed_ms } = progress;
  // The end is not known before; the faults and half as much again is about it.
  const lastFault = Math.max(0, ...faults.map(({ from_ms, to_ms }) => to_ms ?? from_ms));
  const spanMs = Math.max(elapsed_ms, Math.min(progress.max_duration_ms, lastFault * 1.5));
  return (
    <section aria-label="Running drill" className="mt-6 rounded-md border border-line-strong bg-raised p-4">
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-48 flex-1">
          <h2 className="font-semibold">{name}</h2>
          <p className="reading text-sm text-ink-soft">
            {done} of {total} requests, {formatMs(elapsed_ms)}
          </p>
        </div>
        <Button
          variant="danger"
          onClick={() =>
            void drills.stop().catch((error: unknown) => toast.failure("The drill was not stopped.", error))
          }
        >
          Stop
        </Button>
      </div>
      <progress aria-label="Requests" value={done} max={total} className="mt-3 h-1.5 w-full accent-accent" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide picture is scrolled by keyboard too */}
      <div tabIndex={0} className="mt-3 overflow-x-auto">
        <Timeline faults={faults} points={points} spanMs={spanMs} nowMs={elapsed_ms} />
      </div>
      <TierCounts tiers={tiers} />
      <div className="mt-4 grid gap-5 lg:grid-cols-2">
        <div className="min-w-0">
          <h3 className="section-label pb-1">What must hold</h3>
          <Findings findings={findings} />
        </div>
        <div className="min-w-0">
          <h3 className="section-label pb-1">What happens</h3>
          <Moments moments={moments.toReversed()} />
        </div>
      </div>
    </section>
  );
}

/** What happened, a line each. */
export function Moments({ moments }: { moments: readonly DrillMoment[] }) {
  return (
    <ol aria-label="Events" className="text-sm">
      {moments.map(({ at_ms, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two events may say the same at the same time
        <li key={index} className="flex gap-3 py-0.5">
          <span className="reading w-14 shrink-0 text-right text-ink-faint">
            {(at_ms / 1_000).toFixed(1)} s
          </span>
          <span className="min-w-0 text-ink-soft wrap-anywhere">{text}</span>
        </li>
      ))}
    </ol>
  );
}
