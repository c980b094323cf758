import { LoaderCircle } from "lucide-react";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/button.tsx";
import type { Connection } from "./connection.ts";

/** After so many failed tries the host has most likely been closed, and waiting alone will not mend it. */
const triesBeforeAdvice = 5;

/** Says calmly that the way is lost, and what to do when it stays lost. Nothing while all is well. */
export function ConnectionBanner({ connection }: { connection: Connection }) {
  const state = useStore(connection.state, (now) => now);
  if (state.phase !== "reconnecting") return null;
  return (
    <div
      role="status"
      className="flex items-center gap-3 border-b border-line bg-panel px-4 py-2 text-sm text-ink-soft"
    >
      <LoaderCircle
        aria-hidden
        className="size-4 shrink-0 animate-spin text-accent motion-reduce:animate-none"
      />
      <p className="min-w-0 flex-1">
        <span className="font-medium text-ink">Reconnecting to Holdfast.</span>{" "}
        {state.failures < triesBeforeAdvice
          ? "An answer that was being made goes on, and appears here when the connection is back."
          : "If you closed it, start it again and open the address that it shows."}
      </p>
      <Button size="sm" variant="outline" onClick={() => connection.retryNow()}>
        Try now
      </Button>
    </div>
  );
}
