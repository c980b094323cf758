import type { LinkStatus } from "../../electron/contract/index.ts";
import { cn } from "../ui/cn.ts";

/** Each state has a shape of its own, so that colour is never the only sign. */
export const lightLooks: Record<LinkStatus["light"], { label: string; color: string }> = {
  ok: { label: "answering", color: "text-good" },
  failing: { label: "failing", color: "text-bad" },
  unknown: { label: "not asked yet", color: "text-ink-faint" },
};

/** A link's light: a full circle, a crossed one, or an empty one. */
export function Light({ light, className }: { light: LinkStatus["light"]; className?: string }) {
  const look = lightLooks[light];
  return (
    <svg
      viewBox="0 0 12 12"
      role="img"
      aria-label={look.label}
      className={cn("size-3 shrink-0", look.color, className)}
    >
      {light === "ok" && <circle cx="6" cy="6" r="5" fill="currentColor" />}
      {light === "unknown" && (
        <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      )}
      {light === "failing" && (
        <path
          d="M2 2l8 8M10 2l-8 8"
          fill="none"
          stroke="currentColor"
          strokeWidth="2.25"
          strokeLinecap="round"
        />
      )}
    </svg>
  );
}
