import { RadioGroup as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  disabled?: boolean;
  options: readonly { value: T; label: string; text?: string; icon?: ReactNode }[];
  onChange: (value: T) => void;
}

/** One of a few, all of them visible, each with a sentence where the name alone does not say it. */
export function Choice<T extends string>({
  label,
  value,
  disabled = false,
  options,
  onChange,
}: ChoiceProps<T>) {
  return (
    <Radix.Root
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={(next) => {
        const option = options.find((one) => one.value === next);
        if (option !== undefined) onChange(option.value);
      }}
      className="flex flex-wrap gap-2"
    >
      {options.map((option) => (
        <Radix.Item
          key={option.value}
          value={option.value}
          className="group flex min-w-32 flex-1 items-start gap-2.5 rounded-md border border-line-strong bg-raised px-3 py-2 text-left text-sm not-disabled:hover:border-accent disabled:border-line disabled:text-ink-soft data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
        >
          <span className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-line-strong group-data-[state=checked]:border-accent">
            <Radix.Indicator className="size-2 rounded-full bg-accent" />
          </span>
          <span>
            <span className="flex items-center gap-1.5 font-medium [&_svg]:size-4">
              {option.icon}
              {option.label}
            </span>
            {option.text !== undefined && (
              <span className="mt-0.5 block text-xs text-ink-soft">{option.text}</span>
            )}
          </span>
        </Radix.Item>
      ))}
    </Radix.Root>
  );
}
