import type { DrillAnswer, DrillFinding, DrillReport, Tier } from "../contract/index.ts";
import { escaped } from "./html.ts";
import { timelineSvg } from "./report-timeline.ts";
import { mechanismText, ms } from "./words.ts";

/** A report as one HTML file that needs nothing else: no script, no address, both themes. */
export function reportHtml(report: DrillReport): string {
  const { name, description, findings, faults, links, moments, answers, passed } = report;
  const failed = findings.filter(({ outcome }) => outcome === "failed").length;
  const verdict = passed
    ? "Passed"
    : failed > 0
      ? `Failed: ${failed} of ${findings.length}`
      : "Did not finish";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(name)}: ${verdict}</title>
<style>${style}</style>
</head>
<body>
<header>
<p class="kind">Drill report</p>
<h1>${escaped(name)}</h1>
<p class="verdict ${passed ? "passed" : "failed"}">${verdict}</p>
${description ? `<p>${escaped(description)}</p>` : ""}
<dl>${factsOf(report)
    .map(([key, value]) => `<div><dt>${key}</dt><dd>${escaped(value)}</dd></div>`)
    .join("")}</dl>
</header>
<section><h2>What had to hold</h2>
${table(["", "Expectation", "Seen"], findings.map(findingRow))}
</section>
<section><h2>What happened</h2>
${timelineSvg(report)}
${legend(answers)}
${table(
  ["At", "What"],
  moments.map(({ at_ms, text }) => [ms(at_ms), escaped(text)]),
)}
</section>
<section><h2>Faults</h2>
${table(
  ["Fault", "Attempts hit"],
  faults.map(({ text, hits }) => [escaped(text), String(hits)]),
)}
</section>
<section><h2>Links</h2>
${table(
  ["Link", "Tier", "Model", "Provider"],
  links.map(({ id, tier, model, provider, stand_in }) => [
    escaped(id),
    tier,
    escaped(model),
    stand_in ? `${provider} (stand-in)` : provider,
  ]),
)}
</section>
<section><h2>Answers</h2>
${table(["#", "At", "Tier", "Link", "First token", "End", "Attempts", "Notices", "Whole"], answers.map(answerRow))}
</section>
<footer>Holdfast ${escaped(report.version)} · run ${escaped(report.id)}</footer>
</body>
</html>
`;
}

function factsOf(report: DrillReport): [string, string][] {
  const ends = { finished: "all requests ended", time_up: "its time was up", stopped: "it was stopped" };
  return [
    ["Began", report.started_at.replace("T", " ").replace(/\.\d+Z$/, " UTC")],
    ["Lasted", `${ms(report.duration_ms)}; ${ends[report.end]}`],
    ["Chain", report.chain === "own" ? "the person's own links" : "links that the drill brought"],
    ...(report.without === null ? [] : [["Switched off", mechanismText[report.without]] as [string, string]]),
    ["Requests", String(report.answers.length)],
    ["Seed", String(report.seed)],
    ["Cost", !report.cost_usd ? "nothing" : `$${report.cost_usd.toFixed(4)}`],
  ];
}

const marks: Record<DrillFinding["outcome"], string> = {
  passed: "✓ passed",
  failed: "✗ failed",
  unchecked: "– not checked",
  open: "… open",
};

const findingRow = ({ outcome, text, seen }: DrillFinding): string[] => [
  `<span class="mark ${outcome}">${marks[outcome]}</span>`,
  escaped(text),
  escaped(seen),
];

function answerRow(answer: DrillAnswer): string[] {
  const { n, at_ms, tier, link, first_token_ms, duration_ms, attempts, notices, whole, failure } = answer;
  const tries = attempts.map(({ link: id, outcome, kind }) => `${id} ${kind ?? outcome}`).join(", ");
  return [
    String(n),
    ms(at_ms),
    tierMark(tier),
    escaped(link ?? "–"),
    first_token_ms === null ? "–" : ms(first_token_ms),
    ms(duration_ms),
    escaped(tries),
    escaped(notices.join(", ")),
    whole ? "yes" : escaped(`no${failure ? `: ${failure}` : ""}`),
  ];
}

const tierMark = (tier: Tier | null): string =>
  `<span class="dot ${tier ?? "lost"}"></span>${tier ?? "lost"}`;

const legend = (answers: readonly DrillAnswer[]): string =>
  `<p class="legend">${[...new Set(answers.map(({ tier }) => tier))].map(tierMark).join(" ")}</p>`;

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join("");
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("\n");
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

const style = `
:root { color-scheme: light dark; --ink: #1c1f24; --soft: #5c6470; --line: #d9dde3; --page: #fff; --panel: #f5f6f8;
  --good: #1a7f37; --bad: #b42318; --caution: #8a6100; --cloud: #2563c9; --backup: #0e7f8a; --local: #a15c00;
  --cache: #8439b0; --offline: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #9aa3af; --line: #343a43; --page: #16191d;
  --panel: #1e2227; --good: #56c271; --bad: #ff7b6e; --caution: #e0b341; --cloud: #6ea8ff; --backup: #4cc3cf;
  --local: #f0a640; --cache: #cf8bf3; --offline: #ff7b6e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem 3rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2rem 0 .6rem; font-size: 1.05rem; }
.kind { margin: 0; color: var(--soft); font-size: .85rem; }
.verdict { display: inline-block; margin: .7rem 0; padding: .2rem .7rem; border: 1px solid currentColor;
  border-radius: .4rem; font-weight: 600; }
.passed { color: var(--good); } .failed { color: var(--bad); } .unchecked, .open { color: var(--caution); }
dl { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: 1rem 0 0; }
dt { color: var(--soft); font-size: .8rem; } dd { margin: 0; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .4rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; background: var(--panel); } tr:last-child td { border-bottom: 0; }
.mark { white-space: nowrap; font-weight: 600; }
svg { display: block; width: 100%; height: auto; margin-bottom: .4rem; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; } svg .lane { stroke: var(--line); }
svg .fault { fill: var(--bad); opacity: .25; } svg circle, .dot { fill: var(--tier); background: var(--tier); }
.dot { display: inline-block; width: .65em; height: .65em; margin-right: .4em; border-radius: 50%; }
.cloud { --tier: var(--cloud); } .backup { --tier: var(--backup); } .local { --tier: var(--local); }
.cache { --tier: var(--cache); } .offline, .lost { --tier: var(--offline); }
.legend { margin: 0 0 1rem; color: var(--soft); font-size: .85rem; word-spacing: .1em; }
.legend .dot:not(:first-child) { margin-left: 1em; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .8rem; }
`;
