import { useEffect, useState } from "react";
import type { DrillInfo, DrillReportInfo } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Page, PageIntro } from "../ui/page.tsx";
import { formatMoment, formatMs } from "../words/index.ts";
import { ReportView } from "./report-view.tsx";
import { RunningView } from "./running-view.tsx";
import { StartDialog } from "./start-dialog.tsx";

/** Which drills there are, the one that runs, and the reports of those that ran. */
export function DrillsPage() {
  const { drills } = useApp();
  const state = useStore(drills.store, (now) => now);
  const [starting, setStarting] = useState<DrillInfo | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const running = state?.running ?? null;
  const runningId = running?.id ?? null;
  /** The drill that ran while the page was open: its report is brought into view. */
  const [ran, setRan] = useState<string | null>(null);
  useEffect(() => {
    if (runningId !== null) setRan(runningId);
  }, [runningId]);
  const report = state?.reports.find(({ id }) => id === chosen) ?? state?.reports[0];
  return (
    <Page>
      <PageIntro text="A fallback that was never tried is a hope. A drill injects failures, sends requests, and looks whether what must hold does: on a chain of its own, so that conversations, budget and cache stay as they are." />
      {running !== null && <RunningView progress={running} />}
      {state !== null && (
        <ul aria-label="Drills" className="mt-6 divide-y divide-line border-y border-line-strong">
          {state.drills.map((drill) => (
            <DrillRow
              key={drill.path}
              drill={drill}
              disabled={running !== null}
              onStart={() => setStarting(drill)}
            />
          ))}
        </ul>
      )}
      {state !== null && (
        <p className="mt-2 text-xs text-ink-faint wrap-anywhere">Your own go into {state.folder}</p>
      )}
      {report !== undefined && running === null && (
        <>
          <h2 className="mt-8 mb-2 font-semibold">Reports</h2>
          <ReportList reports={state?.reports ?? []} shown={report.id} onChoose={setChosen} />
          <ReportView key={report.id} id={report.id} isNew={report.id === ran} />
        </>
      )}
      {starting !== null && (
        <StartDialog
          drill={starting}
          onClose={() => setStarting(null)}
          onStart={async (input) => {
            await drills.start(input);
            setChosen(null);
            setStarting(null);
          }}
        />
      )}
    </Page>
  );
}

function DrillRow(props: { drill: DrillInfo; disabled: boolean; onStart: () => void }) {
  const { drill, disabled, onStart } = props;
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-2 py-4">
      <div className="min-w-64 flex-1">
        <h2 className="font-semibold">
          {drill.name}
          {drill.source === "own" && (
            <span className="ml-2 text-xs font-normal text-ink-faint">your own</span>
          )}
        </h2>
        {drill.problem === null ? (
          <>
            <p className="mt-0.5 text-sm text-ink-soft">{drill.description}</p>
            <p className="mt-1 text-xs text-ink-faint">
              {drill.requests} requests, {drill.expectations.length} expectations, at most{" "}
              {formatMs(drill.max_duration_ms)}
            </p>
          </>
        ) : (
          <pre className="mt-1 overflow-x-auto text-xs whitespace-pre-wrap text-bad wrap-anywhere">
            {drill.problem}
          </pre>
        )}
      </div>
      <Button
        disabled={disabled || drill.problem !== null}
        aria-label={`Run ${drill.name}`}
        onClick={onStart}
      >
        Run
      </Button>
    </li>
  );
}

function ReportList(props: {
  reports: readonly DrillReportInfo[];
  shown: string;
  onChoose: (id: string) => void;
}) {
  return (
    <ul aria-label="Reports" className="flex gap-2 overflow-x-auto pb-1">
      {props.reports.map(({ id, name, passed, started_at }) => (
        <li key={id}>
          <Button
            size="sm"
            aria-pressed={id === props.shown}
            className={cn(id === props.shown && "border-accent text-accent")}
            onClick={() => props.onChoose(id)}
          >
            <span aria-hidden className={passed ? "text-good" : "text-bad"}>
              {passed ? "✓" : "✗"}
            </span>
            <span className="max-w-48 truncate">{name}</span>
            <span className="sr-only">{passed ? "passed" : "failed"}</span>
            <span className="font-normal text-ink-faint">{formatMoment(started_at, new Date())}</span>
          </Button>
        </li>
      ))}
    </ul>
  );
}
