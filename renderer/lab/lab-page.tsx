import { useEffect, useState } from "react";
import type { LabReport, LabRun } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Page, PageIntro } from "../ui/page.tsx";
import { toast } from "../ui/toast.tsx";
import { formatMoment } from "../words/index.ts";
import { ResultsTable } from "./results-table.tsx";
import { StartForm } from "./start-form.tsx";
import { Vote } from "./vote.tsx";

/** Runs of the lab, and the results of the one that is chosen. */
export function LabPage() {
  const { lab } = useApp();
  const runs = useStore(lab.store, (now) => now);
  const [chosen, setChosen] = useState<string | null>(null);
  const [starting, setStarting] = useState(false);
  const run = runs?.find(({ id }) => id === chosen) ?? runs?.[0];
  return (
    <Page>
      <PageIntro text="How good is one link against another, for what you do? Each prompt goes to every link you choose; you pick the best answers without seeing whose they are.">
        <Button variant="primary" onClick={() => setStarting(true)}>
          New run
        </Button>
      </PageIntro>
      {runs?.length === 0 && (
        <p className="mt-8 text-sm text-ink-soft">
          No runs yet. Begin one with prompts that you type, or with the questions of your conversations.
        </p>
      )}
      {run !== undefined && (
        <>
          <ul aria-label="Runs" className="mt-6 flex gap-2 overflow-x-auto pb-1">
            {runs?.map((one) => (
              <li key={one.id}>
                <Button
                  size="sm"
                  aria-pressed={one.id === run.id}
                  className={cn(one.id === run.id && "border-accent text-accent")}
                  onClick={() => setChosen(one.id)}
                >
                  <span className="max-w-48 truncate">{one.name}</span>
                  <span className="font-normal text-ink-faint">
                    {formatMoment(one.created_at, new Date())}
                  </span>
                </Button>
              </li>
            ))}
          </ul>
          <RunView key={run.id} run={run} />
        </>
      )}
      {starting && (
        <StartForm
          onClose={() => setStarting(false)}
          onStart={async (input) => {
            const { id } = await lab.start(input);
            setChosen(id);
            setStarting(false);
          }}
        />
      )}
    </Page>
  );
}

function RunView({ run }: { run: LabRun }) {
  const { lab } = useApp();
  const [report, setReport] = useState<LabReport | null>(null);
  const [voting, setVoting] = useState(false);
  const attempt = (title: string, work: Promise<void>) =>
    void work.catch((error: unknown) => toast.failure(title, error));
  // A run is a new object whenever it has moved on, and after every vote.
  useEffect(() => {
    let current = true;
    lab.report(run.id).then(
      (found) => current && setReport(found),
      (error: unknown) => toast.failure("The results could not be read.", error),
    );
    return () => {
      current = false;
    };
  }, [lab, run]);
  return (
    <section aria-label={run.name} className="mt-5">
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <div className="mr-auto min-w-48">
          <h2 className="font-semibold wrap-anywhere">{run.name}</h2>
          <p className="text-sm text-ink-soft">{stateWords(run)}</p>
        </div>
        {run.done > 0 && (
          <Button variant="primary" onClick={() => setVoting(true)}>
            Vote
          </Button>
        )}
        {run.state === "running" && (
          <Button onClick={() => attempt("The run goes on.", lab.stop(run.id))}>Stop</Button>
        )}
        {run.state === "unfinished" && (
          <Button onClick={() => attempt("The run was not resumed.", lab.resume(run.id))}>Resume</Button>
        )}
        {run.state !== "running" && (
          <Button variant="danger" onClick={() => attempt("The run was not removed.", lab.remove(run.id))}>
            Remove
          </Button>
        )}
      </div>
      {run.state !== "complete" && (
        <progress
          aria-label="Answers"
          value={run.done}
          max={Math.max(1, run.total)}
          className="mb-3 h-1.5 w-full accent-accent"
        />
      )}
      {report !== null && report.results.length > 0 && <ResultsTable report={report} />}
      {voting && <Vote run={run.id} lab={lab} onClose={() => setVoting(false)} />}
    </section>
  );
}

function stateWords({ state, done, total, judge }: LabRun): string {
  const answers = `${done} of ${total} answers`;
  const judged = judge === null ? "" : ` Judge: ${judge}.`;
  if (state === "running") return `Running: ${answers}.${judged}`;
  if (state === "unfinished") return `Not finished: ${answers}. What is there is not asked again.${judged}`;
  return `Complete: ${answers}.${judged}`;
}
