import type { LabReport, LabResult } from "../../electron/contract/index.ts";
import { formatMs, formatUsd, tierLooks } from "../words/index.ts";

const percent = (share: number | null): string => (share === null ? "–" : `${Math.round(share * 100)} %`);

interface Column {
  name: string;
  /** What the figure means, for whoever points at it. */
  title: string;
  value: (result: LabResult) => string;
}

/** Of use only where a link was the judge. */
const judgePicks: Column = {
  name: "Judge’s picks",
  title: "Prompts for which the judge link picked its answer",
  value: ({ judge_wins }) => String(judge_wins),
};

const columns: readonly Column[] = [
  {
    name: "Answered",
    title: "Prompts that it answered, of those it was asked",
    value: ({ answered, failed }) => `${answered} of ${answered + failed}`,
  },
  {
    name: "Passed",
    title: "Share of prompts with requirements whose answer met all of them",
    value: ({ pass_rate }) => percent(pass_rate),
  },
  { name: "Your picks", title: "Prompts for which you picked its answer", value: ({ wins }) => String(wins) },
  judgePicks,
  {
    name: "First token",
    title: "Median time to the first token",
    value: ({ first_token_ms }) => formatMs(first_token_ms),
  },
  {
    name: "Total",
    title: "Median time of a whole answer",
    value: ({ duration_ms }) => formatMs(duration_ms),
  },
  {
    name: "Tokens/s",
    title: "Median speed from the first token on",
    value: ({ tokens_per_s }) => (tokens_per_s === null ? "–" : tokens_per_s.toFixed(1)),
  },
  {
    name: "Cost",
    title: "What its answers cost, as far as prices are known",
    value: ({ cost_usd }) => formatUsd(cost_usd),
  },
  {
    name: "Agreement",
    title: "Words in common with the answers of the first link, on average",
    value: ({ agreement }) => percent(agreement),
  },
];

/** How each link did. */
export function ResultsTable({ report }: { report: LabReport }) {
  const { results, votes, ties, run } = report;
  const shown = run.judge === null ? columns.filter((column) => column !== judgePicks) : columns;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard too */}
      <div tabIndex={0} className="overflow-x-auto border-y border-line-strong">
        <table className="w-full text-sm">
          <thead>
            <tr className="text-left text-xs text-ink-faint">
              <th scope="col" className="py-2 align-bottom font-semibold">
                Link
              </th>
              {shown.map(({ name, title }) => (
                <th
                  key={name}
                  scope="col"
                  title={title}
                  className="py-2 pl-3 text-right align-bottom font-semibold"
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {results.map((result) => (
              <tr key={result.link}>
                <th scope="row" className="py-2 text-left font-semibold">
                  {result.link}
                  {result.tier !== null && (
                    <span className={`block text-xs font-normal ${tierLooks[result.tier].color}`}>
                      {tierLooks[result.tier].label}
                    </span>
                  )}
                </th>
                {shown.map(({ name, value }) => (
                  <td key={name} className="reading py-2 pl-3 text-right whitespace-nowrap">
                    {value(result)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="mt-2 text-xs text-ink-faint">
        Agreement is with {run.links[0]}.{" "}
        {votes === 0 ? "No votes yet." : `${votes} ${votes === 1 ? "vote" : "votes"}, ${ties} for none.`}
      </p>
    </>
  );
}
