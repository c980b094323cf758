import { Info, OctagonAlert, TriangleAlert } from "lucide-react";
import type { Notice, NoticeAction } from "../../electron/contract/index.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";

const severityLooks = {
  info: { icon: Info, label: "Note", color: "text-accent" },
  warning: { icon: TriangleAlert, label: "Warning", color: "text-caution" },
  error: { icon: OctagonAlert, label: "Problem", color: "text-bad" },
} as const;

interface NoticesProps {
  notices: readonly Notice[];
  onAction: (action: NoticeAction) => void;
}

/** What the person is told about an answer, each with its cause and the way to mend it. */
export function Notices({ notices, onAction }: NoticesProps) {
  if (notices.length === 0) return null;
  return (
    <ul className="mt-3 flex flex-col divide-y divide-line border-y border-line" aria-label="Notices">
      {notices.map((notice) => {
        const look = severityLooks[notice.severity];
        const { action } = notice;
        return (
          <li
            key={`${notice.code} ${notice.text}`}
            data-notice={notice.code}
            className="flex flex-wrap items-center gap-x-3 gap-y-1.5 py-2"
          >
            <look.icon role="img" aria-label={look.label} className={cn("size-4 shrink-0", look.color)} />
            <div className="min-w-52 flex-1 text-sm">
              <p>{notice.text}</p>
              {notice.reason !== null && <p className="text-xs text-ink-soft">{notice.reason}</p>}
            </div>
            {action !== null && (
              <Button size="sm" onClick={() => onAction(action)}>
                {action.label}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
