import {
  AssistantRuntimeProvider,
  type ThreadMessageLike,
  useAui,
  useAuiState,
  useExternalStoreRuntime,
} from "@assistant-ui/react";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import type { StoredMessage } from "../../../electron/contract/index.ts";
import type { Entry } from "../answer.ts";

function statusOf(message: StoredMessage): NonNullable<ThreadMessageLike["status"]> {
  switch (message.state) {
    case "streaming":
      return { type: "running" };
    case "complete":
      return { type: "complete", reason: "stop" };
    case "stopped":
    case "interrupted":
      return { type: "incomplete", reason: "cancelled" };
    case "failed":
      return { type: "incomplete", reason: "error" };
    default:
      return message.state satisfies never;
  }
}

function toThreadMessage({ message }: Entry): ThreadMessageLike {
  const shared = { id: message.id, content: message.text, createdAt: new Date(message.created_at) };
  if (message.role === "user") return { ...shared, role: "user" };
  return { ...shared, role: "assistant", status: statusOf(message) };
}

interface ChatRuntimeProps {
  /** The messages to show, in order: each question with the variant that is shown. */
  entries: readonly Entry[];
  /** Whether a question may be sent now. */
  canSend: boolean;
  draft: string;
  onDraft: (text: string) => void;
  /** Sends a question; when it rejects, the text comes back into the composer. */
  onSend: (text: string) => Promise<void>;
  onStop: () => Promise<void>;
  children: ReactNode;
}

/**
 * Lends assistant-ui the page's own state: it shows what it is given and keeps nothing but the composer's text.
 * Mount it anew (by `key`) for another conversation.
 */
export function ChatRuntime({
  entries,
  canSend,
  draft,
  onDraft,
  onSend,
  onStop,
  children,
}: ChatRuntimeProps) {
  const messages = useMemo(() => [...entries], [entries]);
  const restore = useRef<((text: string) => void) | null>(null);
  const runtime = useExternalStoreRuntime<Entry>({
    messages,
    isRunning: entries.some((entry) => entry.live !== null),
    isSendDisabled: !canSend,
    convertMessage: toThreadMessage,
    onNew: async (message) => {
      const text = message.content.map((part) => (part.type === "text" ? part.text : "")).join("");
      try {
        await onSend(text);
      } catch {
        restore.current?.(text);
      }
    },
    onCancel: onStop,
  });
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <Draft initial={draft} onChange={onDraft} restore={restore} />
      {children}
    </AssistantRuntimeProvider>
  );
}

interface DraftProps {
  initial: string;
  onChange: (text: string) => void;
  restore: { current: ((text: string) => void) | null };
}

/** Carries the composer's text from the stored draft, and every change of it back. */
function Draft({ initial, onChange, restore }: DraftProps) {
  const aui = useAui();
  const text = useAuiState((state) => state.composer.text);
  const loaded = useRef(false);
  const change = useRef(onChange);
  change.current = onChange;

  useEffect(() => {
    restore.current = (lost) => aui.composer.setText(lost);
  }, [aui, restore]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stored draft is read once, when the composer appears
  useEffect(() => {
    if (initial !== "") aui.composer.setText(initial);
    else loaded.current = true;
  }, []);
  useEffect(() => {
    if (loaded.current) change.current(text);
    else loaded.current = text !== "";
  }, [text]);
  return null;
}
