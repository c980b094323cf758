import { Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { DrillReport } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import { formatMoment, formatMs, formatUsd } from "../words/index.ts";
import { Findings } from "./findings.tsx";
import { Moments } from "./running-view.tsx";
import { TierCounts, Timeline } from "./timeline.tsx";
import { mechanismWords } from "./words.ts";

/** How a drill went, and its report as a file. A new one is brought into view. */
export function ReportView({ id, isNew }: { id: string; isNew: boolean }) {
  const { drills } = useApp();
  const [report, setReport] = useState<DrillReport | null>(null);
  useEffect(() => {
    let current = true;
    drills.report(id).then(
      (found) => current && setReport(found),
      (error: unknown) => toast.failure("The report could not be read.", error),
    );
    return () => {
      current = false;
    };
  }, [drills, id]);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (report !== null && isNew) section.current?.scrollIntoView({ block: "start" });
  }, [report, isNew]);
  if (report === null) return null;
  const { name, passed, findings, faults, answers, moments, duration_ms } = report;
  const save = () =>
    void drills.page(id).then(
      (html) => saveFile(`${id}.html`, html),
      (error: unknown) => toast.failure("The report could not be read.", error),
    );
  return (
    <section ref={section} aria-label={`Report: ${name}`} className="scroll-mt-4 pt-4">
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <div className="min-w-48 flex-1">
          <h3 className="font-semibold">
            {name}: <span className={passed ? "text-good" : "text-bad"}>{verdictOf(report)}</span>
          </h3>
          <p className="text-sm text-ink-soft">{factsOf(report)}</p>
        </div>
        <Button onClick={save}>
          <Download aria-hidden />
          Save the report
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide picture is scrolled by keyboard too */}
      <div tabIndex={0} className="overflow-x-auto">
        <Timeline faults={faults} points={answers} spanMs={duration_ms} nowMs={null} />
      </div>
      <TierCounts tiers={countsOf(report)} />
      <div className="mt-4 grid gap-5 lg:grid-cols-2">
        <div className="min-w-0">
          <h4 className="section-label pb-1">What had to hold</h4>
          <Findings findings={findings} />
        </div>
        <div className="min-w-0">
          <h4 className="section-label pb-1">What happened</h4>
          <Moments moments={moments} />
        </div>
      </div>
    </section>
  );
}

function verdictOf({ passed, end, findings }: DrillReport): string {
  if (passed) return "passed";
  if (end === "stopped") return "stopped";
  if (end === "time_up") return "its time was up";
  return `failed, ${findings.filter(({ outcome }) => outcome === "failed").length} of ${findings.length}`;
}

function factsOf({ started_at, duration_ms, chain, without, cost_usd }: DrillReport): string {
  return [
    `${formatMoment(started_at, new Date())}, ${formatMs(duration_ms)}`,
    chain === "own" ? "on your own chain" : "on links of the drill",
    ...(without === null ? [] : [`switched off: ${mechanismWords[without].toLowerCase()}`]),
    ...(cost_usd ? [`cost ${formatUsd(cost_usd)}`] : []),
  ].join("; ");
}

function countsOf({ answers }: DrillReport) {
  const counts = new Map<DrillReport["answers"][number]["tier"], number>();
  for (const { tier } of answers) counts.set(tier, (counts.get(tier) ?? 0) + 1);
  return [...counts].map(([tier, count]) => ({ tier, count }));
}

/** Has the browser save a file, as if it had been downloaded. */
function saveFile(name: string, html: string): void {
  const address = URL.createObjectURL(new Blob([html], { type: "text/html" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
