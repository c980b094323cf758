import { type ReactNode, useEffect, useId, useRef } from "react";

interface SectionProps {
  title: string;
  text?: ReactNode;
  /** Whether the address names this section, so that it comes into view. */
  target?: boolean;
  children: ReactNode;
}

/** A part of the settings page. */
export function Section({ title, text, target = false, children }: SectionProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    if (!target) return;
    heading.current?.scrollIntoView({ block: "start" });
    heading.current?.focus({ preventScroll: true });
  }, [target]);
  return (
    <section
      aria-labelledby={id}
      className="grid gap-x-8 gap-y-3 border-t border-line py-6 first:border-0 @3xl:grid-cols-[13rem_minmax(0,1fr)]"
    >
      <div>
        <h2 ref={heading} id={id} tabIndex={-1} className="scroll-mt-4 text-base font-semibold outline-none">
          {title}
        </h2>
        {text !== undefined && <p className="mt-1 text-xs text-ink-soft">{text}</p>}
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  );
}

/** A heading over one of several settings in a section. */
export function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-1.5 text-sm font-medium">{label}</h3>
      {children}
    </div>
  );
}
