import { House } from "lucide-react";
import { Switch } from "radix-ui";
import { type ReactNode, useState } from "react";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { cn } from "../ui/cn.ts";
import { Confirm } from "../ui/dialog.tsx";
import { toast } from "../ui/toast.tsx";
import { Tooltip } from "../ui/tooltip.tsx";

const meaning = "Nothing of this conversation leaves this machine; only models on it answer.";

/** Whether a conversation is local-only; for one that is not begun, whether it will be. */
export function useLocalOnly(conversation: string | null): boolean {
  const { conversations, thread } = useApp();
  const begins = useStore(thread.store, (now) => now.beginsLocalOnly);
  const stored = useStore(conversations.store, ({ list }) =>
    list.some((one) => one.id === conversation && one.local_only),
  );
  return conversation === null ? begins : stored;
}

/** Switches a conversation to local-only, at once, and back after a question. */
export function LocalOnlySwitch({ conversation }: { conversation: string | null }) {
  const { conversations, thread } = useApp();
  const localOnly = useLocalOnly(conversation);
  const [asking, setAsking] = useState(false);

  const set = (next: boolean) => {
    if (conversation === null) {
      thread.beginLocalOnly(next);
      return;
    }
    conversations
      .setLocalOnly(conversation, next)
      .catch((error: unknown) =>
        toast.failure(
          next ? "The conversation is not local-only yet." : "The conversation is still local-only.",
          error,
        ),
      );
  };
  return (
    <>
      <Tooltip text={meaning}>
        <Switch.Root
          checked={localOnly}
          onCheckedChange={(next) => {
            if (next || conversation === null) set(next);
            else setAsking(true);
          }}
          className={cn(
            "flex shrink-0 items-center gap-2 rounded-md px-2 py-1 text-sm hover:bg-panel",
            localOnly ? "font-semibold text-tier-local" : "text-ink-soft",
          )}
        >
          <span
            aria-hidden
            className={cn(
              "flex h-4 w-7 items-center rounded-full border px-px",
              localOnly ? "justify-end border-tier-local bg-tier-local" : "border-line-strong",
            )}
          >
            <span className={cn("size-3 rounded-full", localOnly ? "bg-paper" : "bg-line-strong")} />
          </span>
          Local-only
        </Switch.Root>
      </Tooltip>
      {asking && (
        <Confirm
          title="Let this conversation leave this machine?"
          text="With the next question, all that was said here before may be sent to your providers, too."
          confirm="Let it leave"
          keep="Keep it local-only"
          onConfirm={() => set(false)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** The frame around a conversation: none, or the band and the border of one that stays on this machine. */
export function LocalOnlyFrame({ localOnly, children }: { localOnly: boolean; children: ReactNode }) {
  return (
    <div
      data-local-only={localOnly}
      className={cn(
        "flex min-h-0 flex-1 flex-col",
        localOnly && "border-x-4 border-b-4 border-seal bg-seal/5",
      )}
    >
      {localOnly && (
        <p
          role="status"
          className="flex flex-wrap items-center gap-x-2 bg-seal px-3 py-1.5 text-sm text-on-seal sm:px-5"
        >
          <House aria-hidden className="size-4 shrink-0" />
          <strong>Local-only.</strong>
          <span>{meaning}</span>
        </p>
      )}
      {children}
    </div>
  );
}
