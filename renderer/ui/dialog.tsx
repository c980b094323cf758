import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

interface DialogProps {
  title: string;
  onClose: () => void;
  className?: string;
  children: ReactNode;
}

/**
 * A modal dialog, shown for as long as it is mounted. It is the browser's own `<dialog>`: focus is kept inside, Escape
 * closes, and no style is injected that a strict CSP would refuse. The focus returns to what opened it.
 */
export function Dialog({ title, onClose, className, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    // The browser gives the focus back when a dialog is closed, but this one is taken away while it is open.
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={cn(
        "m-auto max-h-[calc(100dvh-2rem)] w-[min(34rem,calc(100vw-2rem))] overflow-y-auto rounded-lg border border-line-strong bg-paper p-5 text-ink shadow-xl backdrop:bg-black/45",
        className,
      )}
    >
      <h2 id={titleId} className="mr-10 mb-3 text-lg font-semibold">
        {title}
      </h2>
      {children}
      {/* Last, so that the dialog opens with the focus on what it is about. */}
      <Button
        variant="quiet"
        size="icon"
        aria-label="Close"
        className="absolute top-4 right-4"
        onClick={onClose}
      >
        <X aria-hidden />
      </Button>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  confirm: string;
  /** What the harmless button says. */
  keep?: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something is lost. The harmless button comes first and has the focus. */
export function Confirm({ title, text, confirm, keep = "Keep it", onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose} className="w-[min(27rem,calc(100vw-2rem))]">
      <p className="text-sm text-ink-soft">{text}</p>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>{keep}</Button>
        <Button
          variant="danger"
          onClick={() => {
            onConfirm();
            onClose();
          }}
        >
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}
