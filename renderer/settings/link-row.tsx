import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { ArrowDown, ArrowUp, GripVertical, KeyRound, Pencil, Trash2 } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import type { LinkConfig } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { LinkState } from "../health/index.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { tierLooks } from "../words/index.ts";
import { isLocalLink } from "./link-draft.ts";
import { LinkTestResult, useLinkTest } from "./link-test.tsx";

interface LinkRowProps {
  link: LinkConfig;
  /** From 1. */
  place: number;
  last: boolean;
  readOnly: boolean;
  focused: boolean;
  onMove: (by: 1 | -1) => void;
  onEdit: () => void;
  onRemove: () => void;
}

/** One link of the chain, with its light, its key, and what can be done with it. */
export function LinkRow({ link, place, last, readOnly, focused, onMove, onEdit, onRemove }: LinkRowProps) {
  const { status } = useApp();
  const known = useStore(status.store, (now) => now?.links.find((one) => one.id === link.id));
  const sortable = useSortable({ id: link.id });
  const test = useLinkTest();
  const row = useRef<HTMLLIElement | null>(null);
  const tier =
    tierLooks[known?.tier ?? link.tier ?? (isLocalLink(link) ? "local" : place === 1 ? "cloud" : "backup")];

  useEffect(() => {
    if (!focused) return;
    row.current?.scrollIntoView({ block: "center" });
    row.current?.focus();
  }, [focused]);

  return (
    <li
      ref={(element) => {
        row.current = element;
        sortable.setNodeRef(element);
      }}
      tabIndex={-1}
      aria-label={link.id}
      style={{ transform: CSS.Translate.toString(sortable.transform), transition: sortable.transition }}
      className={cn(
        "relative flex flex-col gap-1.5 border-line bg-raised px-3 py-2.5 not-first:border-t first:rounded-t-lg last:rounded-b-lg",
        focused && "bg-accent-soft",
        sortable.isDragging && "z-10 shadow-lg outline-2 outline-accent",
      )}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {!readOnly && (
          <button
            type="button"
            ref={sortable.setActivatorNodeRef}
            {...sortable.attributes}
            {...sortable.listeners}
            aria-label={`Move ${link.id}`}
            className="-mx-1 cursor-grab touch-none rounded-sm p-1 text-ink-faint hover:text-ink"
          >
            <GripVertical aria-hidden className="size-4" />
          </button>
        )}
        <span className="reading w-4 text-right text-ink-faint">{place}</span>
        <div className="min-w-48 flex-1">
          <p className="flex flex-wrap items-baseline gap-x-2.5">
            <span className="font-semibold">{link.id}</span>
            <span className={cn("inline-flex items-center gap-1 text-xs font-semibold", tier.color)}>
              <tier.icon aria-hidden className="size-3.5" />
              {tier.label}
            </span>
            {known !== undefined && <LinkState link={known} />}
          </p>
          <p className="reading wrap-anywhere text-ink-soft">
            {link.provider} / {link.model}
          </p>
          <KeyState link={link} />
        </div>
        <div className="flex items-center">
          <Button
            size="sm"
            className="mr-1.5"
            disabled={test.state.phase === "running"}
            onClick={() => void test.run(link, null)}
            aria-label={`Test ${link.id}`}
          >
            Test
          </Button>
          {!readOnly && (
            <>
              <RowButton label={`Move ${link.id} up`} disabled={place === 1} onClick={() => onMove(-1)}>
                <ArrowUp aria-hidden />
              </RowButton>
              <RowButton label={`Move ${link.id} down`} disabled={last} onClick={() => onMove(1)}>
                <ArrowDown aria-hidden />
              </RowButton>
              <RowButton label={`Edit ${link.id}`} onClick={onEdit}>
                <Pencil aria-hidden />
              </RowButton>
              <RowButton label={`Remove ${link.id}`} onClick={onRemove}>
                <Trash2 aria-hidden />
              </RowButton>
            </>
          )}
        </div>
      </div>
      <LinkTestResult state={test.state} />
    </li>
  );
}

interface RowButtonProps {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function RowButton({ label, disabled = false, onClick, children }: RowButtonProps) {
  return (
    <Tooltip text={label}>
      <Button variant="quiet" size="icon" aria-label={label} disabled={disabled} onClick={onClick}>
        {children}
      </Button>
    </Tooltip>
  );
}

/** Whether the link's key is at hand, and from where. */
function KeyState({ link }: { link: LinkConfig }) {
  const { settings } = useApp();
  const secrets = useStore(settings.store, (state) => state.secrets);
  if (secrets === null) return null;
  const present = secrets.present[link.id];
  if (present === undefined && isLocalLink(link)) return null;
  const text = {
    stored: "Its key is stored.",
    environment: `Its key comes from ${link.api_key_env ?? "the environment"}.`,
    missing:
      link.api_key_env === undefined ? "It has no key." : `${link.api_key_env} is not set, so it has no key.`,
  }[present ?? "missing"];
  return (
    <p
      className={cn(
        "flex items-center gap-1.5 text-xs",
        present === undefined ? "text-caution" : "text-ink-faint",
      )}
    >
      <KeyRound aria-hidden className="size-3.5 shrink-0" />
      {text}
    </p>
  );
}
