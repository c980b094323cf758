import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** The body of a page: it scrolls, and its column begins where the title above it does. */
export function Page({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <div className="@container min-h-0 flex-1 overflow-y-auto px-4 sm:px-6">
      <div className={cn("mx-auto max-w-[62rem] py-6", className)}>{children}</div>
    </div>
  );
}

/** What a page is about, with what can be done on all of it beside. */
export function PageIntro({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <p className="min-w-64 max-w-[46rem] flex-1 text-ink-soft">{text}</p>
      {children}
    </div>
  );
}
