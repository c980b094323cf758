import { ChevronDown } from "lucide-react";
import type { Tier } from "../../electron/contract/index.ts";
import { cn } from "../ui/cn.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { tierLooks } from "../words/index.ts";

interface TierBadgeProps {
  tier: Tier;
  /** False while the answer is still being made, perhaps by another tier in the end. */
  answered: boolean;
  open: boolean;
  /** The id of the timeline that the badge opens. */
  controls: string;
  onToggle: () => void;
}

/** Which tier answered, by icon, word and colour; opens the timeline of attempts. */
export function TierBadge({ tier, answered, open, controls, onToggle }: TierBadgeProps) {
  const look = tierLooks[tier];
  return (
    <Tooltip
      text={`${answered ? look.text : "Being asked now."} ${open ? "Close" : "Open"} the timeline of attempts.`}
    >
      <button
        type="button"
        aria-expanded={open}
        aria-controls={controls}
        onClick={onToggle}
        className={cn(
          "-ml-1.5 inline-flex items-center gap-1.5 rounded-md px-1.5 py-0.5 text-sm font-semibold hover:bg-panel",
          look.color,
        )}
      >
        <look.icon aria-hidden className="size-4" />
        {look.label}
        <ChevronDown
          aria-hidden
          className={cn("size-3.5 text-ink-faint transition-transform", open && "rotate-180")}
        />
      </button>
    </Tooltip>
  );
}
