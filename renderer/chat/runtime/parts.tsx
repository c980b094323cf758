import { ComposerPrimitive, ThreadPrimitive } from "@assistant-ui/react";
import { ArrowDown, CornerDownLeft, Square } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { Tooltip } from "../../ui/tooltip.tsx";

interface ThreadViewportProps {
  /** Renders the message with this id. */
  message: (id: string) => ReactNode;
  /** What stands in place of messages while there are none. */
  empty: ReactNode;
  footer: ReactNode;
}

/** The scrolling list of messages; it follows an answer that is being made unless the person scrolled up. */
export function ThreadViewport({ message, empty, footer }: ThreadViewportProps) {
  return (
    <ThreadPrimitive.Root className="flex min-h-0 flex-1 flex-col">
      <div className="relative min-h-0 flex-1">
        <ThreadPrimitive.Viewport
          className="@container h-full overflow-y-auto px-4 sm:px-6"
          tabIndex={0}
          aria-label="Conversation"
          role="region"
        >
          <ThreadPrimitive.Empty>{empty}</ThreadPrimitive.Empty>
          <ThreadPrimitive.Messages>{({ message: { id } }) => message(id)}</ThreadPrimitive.Messages>
        </ThreadPrimitive.Viewport>
        <ThreadPrimitive.ScrollToBottom asChild>
          <Button
            size="icon"
            className="absolute right-5 bottom-3 rounded-full shadow-md disabled:hidden"
            aria-label="Go to the end"
          >
            <ArrowDown aria-hidden />
          </Button>
        </ThreadPrimitive.ScrollToBottom>
      </div>
      {footer}
    </ThreadPrimitive.Root>
  );
}

interface ComposerProps {
  running: boolean;
  localOnly: boolean;
  /** Why nothing can be sent now; null when it can. */
  blocked: string | null;
}

/** Where a question is written: Enter sends, Shift+Enter begins a new line, Escape stops an answer. */
export function Composer({ running, localOnly, blocked }: ComposerProps) {
  return (
    <ComposerPrimitive.Root className="flex items-end gap-2 rounded-lg border border-line-strong bg-raised p-1.5 focus-within:border-accent focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-accent">
      <ComposerPrimitive.Input
        autoFocus
        aria-label="Your question"
        placeholder={blocked ?? (localOnly ? "Ask the models on this machine" : "Ask anything")}
        minRows={1}
        maxRows={12}
        className="min-h-8 flex-1 resize-none bg-transparent px-2 py-1 text-base outline-none placeholder:text-ink-faint"
      />
      {running ? (
        <Tooltip text="Stop this answer (Escape)">
          <ComposerPrimitive.Cancel asChild>
            <Button variant="outline" size="md" className="h-8">
              <Square aria-hidden className="size-3! fill-current" />
              Stop
            </Button>
          </ComposerPrimitive.Cancel>
        </Tooltip>
      ) : (
        <Tooltip text={blocked ?? "Send (Enter). Shift+Enter begins a new line."}>
          <ComposerPrimitive.Send asChild>
            <Button variant="primary" size="md" className="h-8">
              <CornerDownLeft aria-hidden />
              Send
            </Button>
          </ComposerPrimitive.Send>
        </Tooltip>
      )}
    </ComposerPrimitive.Root>
  );
}
