import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

const button = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none transition-colors disabled:opacity-55 aria-disabled:opacity-55 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-accent text-on-accent hover:not-disabled:bg-accent/88",
        outline:
          "border border-line-strong bg-raised text-ink hover:not-disabled:border-accent hover:not-disabled:text-accent",
        quiet: "text-ink-soft hover:not-disabled:bg-panel hover:not-disabled:text-ink",
        danger:
          "border border-bad bg-raised text-bad hover:not-disabled:bg-bad hover:not-disabled:text-paper",
      },
      size: {
        md: "h-9 px-3.5 text-sm [&_svg]:size-4",
        sm: "h-7.5 px-2.5 text-xs [&_svg]:size-3.5",
        icon: "size-8 [&_svg]:size-4",
      },
    },
    defaultVariants: { variant: "outline", size: "md" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof button> & { asChild?: boolean };

/** A button; with `asChild` its look is given to the element inside. */
export function Button({ className, variant, size, asChild = false, ...props }: ButtonProps) {
  const Element = asChild ? Slot.Root : "button";
  return (
    <Element
      type={asChild ? undefined : "button"}
      className={cn(button({ variant, size }), className)}
      {...props}
    />
  );
}
