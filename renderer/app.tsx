import { Menu as MenuIcon, X } from "lucide-react";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useApp } from "./app-model.ts";
import { CachePage } from "./cache/index.ts";
import { ChatPage, LocalOnlySwitch } from "./chat/index.ts";
import { ConnectionBanner } from "./connection/index.ts";
import { DrillBanner, DrillsPage } from "./drills/index.ts";
import { StatusBar, Warnings } from "./health/index.ts";
import { LabPage } from "./lab/index.ts";
import { ModelsPage } from "./models/index.ts";
import { OutboxPage } from "./outbox/index.ts";
import { SettingsPage } from "./settings/index.ts";
import { pageLabel, SideBar } from "./side-bar.tsx";
import { type Route, useRoute, useStore } from "./state/index.ts";
import { Button } from "./ui/button.tsx";
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

interface TopBarProps {
  route: Route;
  listOpen: boolean;
  listButton: RefObject<HTMLButtonElement | null>;
  onList: () => void;
}

function TopBar({ route, listOpen, listButton, onList }: TopBarProps) {
  const { conversations } = useApp();
  const title = useStore(conversations.store, ({ list }) =>
    route.page === "chat"
      ? (list.find((one) => one.id === route.conversation)?.title ?? "New conversation")
      : pageLabel(route),
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
