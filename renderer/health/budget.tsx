import type { BudgetStatus } from "../../electron/contract/index.ts";
import { cn } from "../ui/cn.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { formatCount, formatUsd } from "../words/index.ts";

/** What the figures leave out or only estimate. */
function budgetText({ estimated_usd, unpriced_attempts, reached }: BudgetStatus): string {
  const parts = ["Spent on paid links this month, of the most that you allow."];
  if (reached) parts.push("Paid links are passed over until the month ends or you allow more.");
  if (estimated_usd > 0) parts.push(`${formatUsd(estimated_usd)} of it rests on estimated tokens.`);
  if (unpriced_attempts > 0) {
    const attempts = `${formatCount(unpriced_attempts)} ${unpriced_attempts === 1 ? "attempt" : "attempts"}`;
    parts.push(`${attempts} may have cost more: the price is not known.`);
  }
  return parts.join(" ");
}

/** The month's spending against its cap; nothing where there is no cap. */
export function Budget({ budget }: { budget: BudgetStatus }) {
  const { spent_usd, cap_usd, share, warning, reached } = budget;
  if (cap_usd === null) return null;
  const filled = Math.min(1, share ?? 0);
  return (
    <Tooltip text={budgetText(budget)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its explanation is reachable by keyboard */}
      <div tabIndex={0} className="flex items-center gap-2 rounded-sm">
        <span className="text-ink-faint">Budget</span>
        <span aria-hidden className="h-1.5 w-12 overflow-hidden bg-line-strong/45">
          <span
            className={cn("block h-full", reached ? "bg-bad" : warning ? "bg-caution" : "bg-accent")}
            style={{ width: `${filled * 100}%` }}
          />
        </span>
        <span className="reading">
          {formatUsd(spent_usd)} of {formatUsd(cap_usd)}
        </span>
        {reached ? (
          <span className="font-semibold text-bad">reached</span>
        ) : (
          warning && <span className="font-semibold text-caution">nearly reached</span>
        )}
      </div>
    </Tooltip>
  );
}
