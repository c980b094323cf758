import {
  Archive,
  Cpu,
  FlaskConical,
  Inbox,
  Menu as MenuIcon,
  Settings as SettingsIcon,
  Siren,
  X,
} from "lucide-react";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Status } from "../electron/contract/index.ts";
import { useApp } from "./app-model.ts";
import { CachePage } from "./cache/index.ts";
import { ChatPage, ConversationList, LocalOnlySwitch } from "./chat/index.ts";
import { ConnectionBanner } from "./connection/index.ts";
import { DrillBanner, DrillsPage } from "./drills/index.ts";
import { StatusBar, Warnings } from "./health/index.ts";
import { LabPage } from "./lab/index.ts";
import { ModelsPage } from "./models/index.ts";
import { OutboxPage } from "./outbox/index.ts";
import { SettingsPage } from "./settings/index.ts";
import { hashOf, type Route, useRoute, useStore } from "./state/index.ts";
import { Button } from "./ui/button.tsx";
import { cn } from "./ui/cn.ts";
import { Toasts, toast } from "./ui/toast.tsx";
import { TooltipProvider } from "./ui/tooltip.tsx";

/** The frame of every page: the side list, the page itself, and the status bar. */
export function App() {
  const { connection, status } = useApp();
  const route = useRoute();
  const statusNow = useStore(status.store, (now) => now);
  const [listOpen, setListOpen] = useState(false);
  const listButton = useRef<HTMLButtonElement>(null);
  const closeList = useCallback(() => setListOpen(false), []);
  return (
    <TooltipProvider>
      {/* What is hidden from sight but read aloud must not make the whole frame scroll: hence its own block, clipped. */}
      <div className="relative flex h-dvh flex-col overflow-clip">
        <ConnectionBanner connection={connection} />
        <DrillBanner drill={statusNow?.drill ?? null} />
        <Warnings warnings={statusNow?.warnings ?? []} />
        <div className="relative flex min-h-0 flex-1">
          <SideBar
            route={route}
            outbox={statusNow?.outbox ?? null}
            open={listOpen}
            onClose={closeList}
            button={listButton}
          />
          <div className="flex min-w-0 flex-1 flex-col">
            <TopBar
              route={route}
              listOpen={listOpen}
              listButton={listButton}
              onList={() => setListOpen((now) => !now)}
            />
            <main className="flex min-h-0 flex-1 flex-col">
              {route.page === "chat" && <ChatPage conversation={route.conversation} />}
              {route.page === "outbox" && <OutboxPage />}
              {route.page === "models" && <ModelsPage />}
              {route.page === "cache" && <CachePage />}
              {route.page === "lab" && <LabPage />}
              {route.page === "drills" && <DrillsPage />}
              {route.page === "settings" && <SettingsPage route={route} />}
            </main>
          </div>
        </div>
        <StatusBar
          status={statusNow}
          onLevel={(level) =>
            void status
              .setLevel(level)
              .catch((error: unknown) => toast.failure("The level could not be set.", error))
          }
        />
      </div>
      <Toasts />
    </TooltipProvider>
  );
}

interface SideBarProps {
  route: Route;
  outbox: Status["outbox"] | null;
  /** Whether it is drawn over the page where there is no room beside it. */
  open: boolean;
  onClose: () => void;
  /** The button that opened it, which gets the focus back. */
  button: RefObject<HTMLButtonElement | null>;
}

function SideBar({ route, outbox, open, onClose, button }: SideBarProps) {
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
          <Button
            asChild
            variant="quiet"
            className={cn("w-full justify-start", route.page === "outbox" && "bg-accent-soft text-ink")}
          >
            <a
              href={hashOf({ page: "outbox" })}
              onClick={onClose}
              aria-current={route.page === "outbox" ? "page" : undefined}
            >
              <Inbox aria-hidden />
              Outbox
              {outbox !== null && <OutboxCounts {...outbox} />}
            </a>
          </Button>
          <Button
            asChild
            variant="quiet"
            className={cn("w-full justify-start", route.page === "models" && "bg-accent-soft text-ink")}
          >
            <a
              href={hashOf({ page: "models" })}
              onClick={onClose}
              aria-current={route.page === "models" ? "page" : undefined}
            >
              <Cpu aria-hidden />
              Models
            </a>
          </Button>
          <Button
            asChild
            variant="quiet"
            className={cn("w-full justify-start", route.page === "cache" && "bg-accent-soft text-ink")}
          >
            <a
              href={hashOf({ page: "cache" })}
              onClick={onClose}
              aria-current={route.page === "cache" ? "page" : undefined}
            >
              <Archive aria-hidden />
              Cache
            </a>
          </Button>
          <Button
            asChild
            variant="quiet"
            className={cn("w-full justify-start", route.page === "lab" && "bg-accent-soft text-ink")}
          >
            <a
              href={hashOf({ page: "lab" })}
              onClick={onClose}
              aria-current={route.page === "lab" ? "page" : undefined}
            >
              <FlaskConical aria-hidden />
              Lab
            </a>
          </Button>
          <Button
            asChild
            variant="quiet"
            className={cn("w-full justify-start", route.page === "drills" && "bg-accent-soft text-ink")}
          >
            <a
              href={hashOf({ page: "drills" })}
              onClick={onClose}
              aria-current={route.page === "drills" ? "page" : undefined}
            >
              <Siren aria-hidden />
              Drills
            </a>
          </Button>
          <Button
            asChild
            variant="quiet"
            className={cn("w-full justify-start", route.page === "settings" && "bg-accent-soft text-ink")}
          >
            <a
              href={hashOf({ page: "settings", section: "providers", link: null })}
              onClick={onClose}
              aria-current={route.page === "settings" ? "page" : undefined}
            >
              <SettingsIcon aria-hidden />
              Settings
            </a>
          </Button>
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

interface TopBarProps {
  route: Route;
  listOpen: boolean;
  listButton: RefObject<HTMLButtonElement | null>;
  onList: () => void;
}

const titles = {
  settings: "Settings",
  outbox: "Outbox",
  models: "Models",
  cache: "Cache",
  lab: "Lab",
  drills: "Drills",
} as const;

function TopBar({ route, listOpen, listButton, onList }: TopBarProps) {
  const { conversations } = useApp();
  const title = useStore(conversations.store, ({ list }) =>
    route.page === "chat"
      ? (list.find((one) => one.id === route.conversation)?.title ?? "New conversation")
      : titles[route.page],
  );
  useEffect(() => {
    document.title = `${title} – Holdfast`;
  }, [title]);
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-4 sm:px-6">
      <Button
        ref={listButton}
        variant="quiet"
        size="icon"
        className="-ml-2 lg:hidden"
        aria-label={listOpen ? "Close the list of conversations" : "Open the list of conversations"}
        aria-expanded={listOpen}
        aria-controls="side-list"
        onClick={onList}
      >
        {listOpen ? <X aria-hidden /> : <MenuIcon aria-hidden />}
      </Button>
      <h1 className="min-w-0 flex-1 truncate text-base font-semibold">{title}</h1>
      {route.page === "chat" && (
        <LocalOnlySwitch key={route.conversation} conversation={route.conversation} />
      )}
    </header>
  );
}
