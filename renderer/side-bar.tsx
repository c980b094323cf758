import { Archive, Cpu, FlaskConical, Inbox, type LucideIcon, Settings, Siren } from "lucide-react";
import { type RefObject, useEffect, useRef } from "react";
import type { Status } from "../electron/contract/index.ts";
import { ConversationList } from "./chat/index.ts";
import { hashOf, type Route } from "./state/index.ts";
import { Button } from "./ui/button.tsx";
import { cn } from "./ui/cn.ts";

interface PageLink {
  route: Route;
  label: string;
  icon: LucideIcon;
}

const pages: readonly PageLink[] = [
  { route: { page: "outbox" }, label: "Outbox", icon: Inbox },
  { route: { page: "models" }, label: "Models", icon: Cpu },
  { route: { page: "cache" }, label: "Cache", icon: Archive },
  { route: { page: "lab" }, label: "Lab", icon: FlaskConical },
  { route: { page: "drills" }, label: "Drills", icon: Siren },
  { route: { page: "settings", section: "providers", link: null }, label: "Settings", icon: Settings },
];

/** What the page of a route is called in the side list; null for conversations. */
export const pageLabel = (route: Route): string | null =>
  pages.find((one) => one.route.page === route.page)?.label ?? null;

interface SideBarProps {
  route: Route;
  outbox: Status["outbox"] | null;
  /** Whether it is drawn over the page where there is no room beside it. */
  open: boolean;
  onClose: () => void;
  /** The button that opened it, which gets the focus back. */
  button: RefObject<HTMLButtonElement | null>;
}

/** The conversations, and the way to every page. */
export function SideBar({ route, outbox, open, onClose, button }: SideBarProps) {
  const aside = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!open) return;
    aside.current?.querySelector("a")?.focus();
    return () => button.current?.focus();
  }, [open, button]);
  useEffect(() => {
    if (!open) return;
    const close = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
    };
    window.addEventListener("keydown", close);
    return () => window.removeEventListener("keydown", close);
  }, [open, onClose]);
  return (
    <>
      {open && <div aria-hidden className="absolute inset-0 z-20 bg-black/30 lg:hidden" onClick={onClose} />}
      <aside
        ref={aside}
        id="side-list"
        className={cn(
          "w-64 shrink-0 flex-col border-r border-line bg-panel pt-3",
          open ? "absolute inset-y-0 left-0 z-30 flex shadow-xl lg:static lg:shadow-none" : "hidden lg:flex",
        )}
      >
        <div className="flex items-center gap-2 px-5 pb-3">
          <img src="./favicon.svg" alt="" className="size-5" />
          <span className="font-semibold tracking-tight">Holdfast</span>
        </div>
        <ConversationList open={route.page === "chat" ? route.conversation : ""} onNavigate={onClose} />
        <div className="flex flex-col gap-1 border-t border-line p-3">
          {pages.map(({ route: to, label, icon: Icon }) => (
            <Button
              key={to.page}
              asChild
              variant="quiet"
              className={cn("w-full justify-start", route.page === to.page && "bg-accent-soft text-ink")}
            >
              <a
                href={hashOf(to)}
                onClick={onClose}
                aria-current={route.page === to.page ? "page" : undefined}
              >
                <Icon aria-hidden />
                {label}
                {to.page === "outbox" && outbox !== null && <OutboxCounts {...outbox} />}
              </a>
            </Button>
          ))}
        </div>
      </aside>
    </>
  );
}

function OutboxCounts({ waiting, ready }: Status["outbox"]) {
  return (
    <span className="ml-auto flex gap-2 text-xs font-normal">
      {waiting > 0 && <span className="text-ink-faint">{waiting} waiting</span>}
      {ready > 0 && <span className="font-semibold text-accent">{ready} ready</span>}
    </span>
  );
}
