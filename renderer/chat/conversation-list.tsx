import { Ellipsis, House, PencilLine, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Conversation } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { go, hashOf, useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Confirm } from "../ui/dialog.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { toast } from "../ui/toast.tsx";

const dayMs = 86_400_000;

/** The heading under which a conversation stands. */
function period(iso: string, now: Date): string {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const moment = Date.parse(iso);
  if (moment >= today) return "Today";
  if (moment >= today - dayMs) return "Yesterday";
  if (moment >= today - 6 * dayMs) return "This week";
  return new Date(iso).toLocaleDateString("en", { month: "long", year: "numeric" });
}

interface ConversationListProps {
  open: string | null;
  /** Called when the person chose where to go. */
  onNavigate: () => void;
}

/** The side list: a new conversation, and the earlier ones by day. */
export function ConversationList({ open, onNavigate }: ConversationListProps) {
  const { conversations } = useApp();
  const { loaded, list } = useStore(conversations.store, (state) => state);
  const groups = Map.groupBy(list, (one) => period(one.updated_at, new Date()));
  return (
    <nav aria-label="Conversations" className="flex min-h-0 flex-1 flex-col">
      <div className="px-3 pb-2">
        <Button asChild variant="outline" className="w-full justify-start">
          <a
            href={hashOf({ page: "chat", conversation: null })}
            onClick={onNavigate}
            aria-current={open === null ? "page" : undefined}
          >
            <Plus aria-hidden />
            New conversation
          </a>
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-3 pb-3">
        {loaded && list.length === 0 && (
          <p className="px-2 py-2 text-xs text-ink-faint">Conversations are listed here.</p>
        )}
        {[...groups].map(([name, group]) => (
          <section key={name} aria-label={name}>
            <h2 className="section-label px-2 pt-3 pb-1">{name}</h2>
            <ul>
              {group.map((one) => (
                <Row key={one.id} conversation={one} selected={one.id === open} onNavigate={onNavigate} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </nav>
  );
}

interface RowProps {
  conversation: Conversation;
  selected: boolean;
  onNavigate: () => void;
}

function Row({ conversation: { id, title, local_only: localOnly }, selected, onNavigate }: RowProps) {
  const { conversations, drafts } = useApp();
  const [mode, setMode] = useState<"shown" | "renaming" | "removing">("shown");

  const remove = async () => {
    try {
      await conversations.remove(id);
      drafts.write(id, "");
      if (selected) go({ page: "chat", conversation: null });
    } catch (error) {
      toast.failure("The conversation could not be deleted.", error);
    }
  };

  if (mode === "renaming") {
    return (
      <li>
        <RenameForm id={id} title={title} onDone={() => setMode("shown")} />
      </li>
    );
  }
  return (
    <li
      className={cn(
        "group flex items-center rounded-md border-l-2 border-transparent hover:bg-line/50 focus-within:bg-line/50",
        selected && "border-accent bg-accent-soft hover:bg-accent-soft",
      )}
    >
      <a
        href={hashOf({ page: "chat", conversation: id })}
        aria-current={selected ? "page" : undefined}
        title={title}
        onClick={onNavigate}
        className={cn(
          "flex min-w-0 flex-1 items-center gap-1.5 py-1.5 pl-2 text-sm",
          selected && "font-semibold",
        )}
      >
        {localOnly && (
          <House role="img" aria-label="Local-only:" className="size-3.5 shrink-0 text-tier-local" />
        )}
        <span className="truncate">{title}</span>
      </a>
      <Menu
        trigger={
          <Button
            variant="quiet"
            size="icon"
            aria-label={`More for ${title}`}
            className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
          >
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={<PencilLine aria-hidden />} onSelect={() => setMode("renaming")}>
          Rename
        </MenuItem>
        <MenuItem icon={<Trash2 aria-hidden />} danger onSelect={() => setMode("removing")}>
          Delete
        </MenuItem>
      </Menu>
      {mode === "removing" && (
        <Confirm
          title="Delete this conversation?"
          text={`“${title}”, with its answers and receipts, is deleted from this machine. This can't be undone.`}
          confirm="Delete"
          onConfirm={() => void remove()}
          onClose={() => setMode("shown")}
        />
      )}
    </li>
  );
}

function RenameForm({ id, title, onDone }: { id: string; title: string; onDone: () => void }) {
  const { conversations } = useApp();
  const [text, setText] = useState(title);
  const save = async () => {
    onDone();
    const trimmed = text.trim();
    if (trimmed === "" || trimmed === title) return;
    try {
      await conversations.rename(id, trimmed);
    } catch (error) {
      toast.failure("The conversation could not be renamed.", error);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: the person just asked to rename
        autoFocus
        aria-label="Title"
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={() => void save()}
        onKeyDown={(event) => {
          if (event.key === "Escape") onDone();
        }}
        className="h-8 w-full rounded-md border border-accent bg-raised px-2 text-sm"
      />
    </form>
  );
}
