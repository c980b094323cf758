import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface PopoverProps {
  /** What the panel is about, for assistive technology. */
  label: string;
  trigger: ReactNode;
  children: ReactNode;
}

/** A panel that opens from `trigger`, for more than a tooltip can hold. Escape closes it, and focus returns. */
export function Popover({ label, trigger, children }: PopoverProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="z-40 max-w-[min(26rem,calc(100vw-1rem))] rounded-md border border-line-strong bg-raised p-3.5 text-sm shadow-lg"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
