import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "./cn.ts";

const control =
  "w-full rounded-md border border-line-strong bg-raised px-2.5 text-sm text-ink placeholder:text-ink-faint aria-invalid:border-bad disabled:opacity-60 read-only:bg-panel";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(control, "h-9", className)} {...props} />;
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  /** What is wrong with the value, in words; null when it is right. */
  error?: string | null;
  className?: string;
  children: (control: { id: string; "aria-describedby": string; "aria-invalid": boolean }) => ReactNode;
}

/** A labelled control with a hint and its error beside it, tied together for assistive technology. */
export function Field({ label, hint, error = null, className, children }: FieldProps) {
  const id = useId();
  const about = `${id}-about`;
  return (
    <div className={cn("flex flex-col gap-1", className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({ id, "aria-describedby": about, "aria-invalid": error !== null })}
      <div id={about} className="text-xs text-ink-faint">
        {error === null ? (
          hint
        ) : (
          <p role="alert" className="font-medium text-bad">
            {error}
          </p>
        )}
      </div>
    </div>
  );
}
