import { Siren } from "lucide-react";
import type { Status } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { hashOf, useRoute } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";

/** Says on every page that a drill runs, so that nobody takes a rehearsed failure for a real one. Nothing while none does. */
export function DrillBanner({ drill }: { drill: Status["drill"] }) {
  const { drills } = useApp();
  const { page } = useRoute();
  if (drill === null) return null;
  const latest = new Date(drill.ends_at).toLocaleTimeString([], { timeStyle: "medium" });
  return (
    <div
      role="status"
      aria-label="Drill"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b-2 border-caution bg-panel px-4 py-2 text-sm"
    >
      <Siren aria-hidden className="size-4 shrink-0 text-caution" />
      <p className="min-w-0 flex-1">
        <span className="font-semibold">A drill is running: {drill.name}.</span>{" "}
        <span className="text-ink-soft">
          Its failures are rehearsed, and your conversations are not touched. It ends at {latest} at the
          latest.
        </span>
      </p>
      {page !== "drills" && (
        <>
          <Button asChild size="sm">
            <a href={hashOf({ page: "drills" })}>Show</a>
          </Button>
          <Button
            size="sm"
            variant="danger"
            onClick={() =>
              void drills.stop().catch((error: unknown) => toast.failure("The drill was not stopped.", error))
            }
          >
            Stop the drill
          </Button>
        </>
      )}
    </div>
  );
}
