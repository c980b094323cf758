import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

interface DisclosureProps {
  summary: ReactNode;
  /** Left out, the element keeps for itself whether it is open. */
  open?: boolean;
  onToggle?: (open: boolean) => void;
  className?: string;
  children: ReactNode;
}

/** Something folded away under its summary. */
export function Disclosure({ summary, open, onToggle, className, children }: DisclosureProps) {
  return (
    <details
      open={open}
      onToggle={({ currentTarget }) => onToggle?.(currentTarget.open)}
      className={cn("group min-w-0", className)}
    >
      <summary className="-ml-0.5 flex items-start gap-1 rounded-sm text-sm font-medium select-none hover:text-accent [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          className="mt-0.5 size-4 shrink-0 text-ink-faint transition-transform group-open:rotate-90"
        />
        <span className="min-w-0 wrap-anywhere">{summary}</span>
      </summary>
      {children}
    </details>
  );
}
