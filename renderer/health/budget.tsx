import type { BudgetStatus } from "../../electron/contract/index.ts";
import { hashOf } from "../state/index.ts";
import { cn } from "../ui/cn.ts";
import { Popover } from "../ui/popover.tsx";
import { formatCount, formatUsd } from "../words/index.ts";

/** What the figures leave out or only estimate, and what follows from them; null where there is nothing to say. */
function budgetText({
  cap_usd,
  estimated_usd,
  unpriced_attempts,
  warning,
  reached,
}: BudgetStatus): string | null {
  const parts = [];
  if (reached) parts.push("Paid links are passed over until the month ends or you allow more.");
  else if (warning) parts.push("At the cap, paid links are passed over until the month ends.");
  if (cap_usd === null) parts.push("There is no cap.");
  if (estimated_usd > 0) parts.push(`${formatUsd(estimated_usd)} of it rests on estimated tokens.`);
  if (unpriced_attempts > 0) {
    const attempts = `${formatCount(unpriced_attempts)} ${unpriced_attempts === 1 ? "attempt" : "attempts"}`;
    parts.push(`${attempts} may have cost more: the price is not known.`);
  }
  return parts.join(" ") || null;
}

/** A share as a bar; beyond the whole it is full. */
function Bar({ share, color, className }: { share: number; color: string; className: string }) {
  return (
    <span aria-hidden className={cn("block h-1.5 overflow-hidden bg-line-strong/45", className)}>
      <span className={cn("block h-full", color)} style={{ width: `${Math.min(1, share) * 100}%` }} />
    </span>
  );
}

/**
 * The month's spending, against its cap where there is one, and what each link cost. Nothing while there is neither a cap
 * nor anything spent.
 */
export function Budget({ budget }: { budget: BudgetStatus }) {
  const { spent_usd, cap_usd, share, warning, reached } = budget;
  if (cap_usd === null && spent_usd === 0) return null;
  const color = reached ? "bg-bad" : warning ? "bg-caution" : "bg-accent";
  return (
    <Popover
      label="Budget of this month"
      trigger={
        <button
          type="button"
          className="-mx-1.5 flex items-center gap-2 rounded-md px-1.5 py-0.5 hover:bg-line/60 data-[state=open]:bg-line/60"
        >
          <span className="text-ink-faint">{cap_usd === null ? "Spent" : "Budget"}</span>
          {share !== null && <Bar share={share} color={color} className="w-12" />}
          <span className="reading">
            {formatUsd(spent_usd)}
            {cap_usd !== null && ` of ${formatUsd(cap_usd)}`}
          </span>
          {reached ? (
            <span className="font-semibold text-bad">reached</span>
          ) : (
            warning && <span className="font-semibold text-caution">nearly reached</span>
          )}
        </button>
      }
    >
      <div className="flex flex-col gap-2.5">
        <BudgetDetails budget={budget} />
        <a
          href={hashOf({ page: "settings", section: "budget", link: null })}
          className="self-start text-xs font-medium text-accent underline underline-offset-2"
        >
          {cap_usd === null ? "Set a cap" : "Change the cap"}
        </a>
      </div>
    </Popover>
  );
}

/** What the month cost, in all and each link, and what follows from it. */
export function BudgetDetails({ budget }: { budget: BudgetStatus }) {
  const { spent_usd, cap_usd, by_link: links } = budget;
  const text = budgetText(budget);
  const dearest = Math.max(...links.map(({ usd }) => usd));
  return (
    <div className="flex flex-col gap-2.5">
      <p className="font-semibold">
        {formatUsd(spent_usd)} this month
        {cap_usd !== null && `, of ${formatUsd(cap_usd)}`}
      </p>
      {links.length > 0 && (
        <table className="w-full max-w-md">
          <caption className="sr-only">Cost of each link this month</caption>
          <tbody>
            {links.map(({ link, usd, attempts, unpriced_attempts }) => (
              <tr key={link}>
                <th scope="row" className="py-0.5 pr-3 text-left font-normal wrap-anywhere">
                  {link}
                </th>
                <td className="w-20 pr-3">
                  <Bar share={dearest > 0 ? usd / dearest : 0} color="bg-accent" className="w-20" />
                </td>
                <td className="reading pr-3 text-right">
                  {unpriced_attempts === attempts ? "not known" : formatUsd(usd)}
                </td>
                <td className="reading text-right text-ink-faint">
                  {formatCount(attempts)} {attempts === 1 ? "attempt" : "attempts"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {text !== null && <p className="text-xs text-ink-soft">{text}</p>}
    </div>
  );
}
