import { useState } from "react";
import type { Price } from "../../electron/contract/index.ts";
import { Disclosure } from "../ui/disclosure.tsx";
import { Field, Input } from "../ui/field.tsx";
import type { DraftErrors, LinkDraft } from "./link-draft.ts";

interface LinkMoreProps {
  draft: LinkDraft;
  errors: DraftErrors;
  /** The price of a model that the preset knows, which holds where none is given. */
  knownPrice: Price | undefined;
  onChange: (change: Partial<LinkDraft>) => void;
}

const priceFields = [
  { field: "price_input", label: "Price of what is sent", side: "input" },
  { field: "price_output", label: "Price of what is answered", side: "output" },
] as const;

const breakerFields = [
  {
    field: "failure_threshold",
    label: "Failures in a row",
    hint: "From so many on it is left alone.",
    usual: "5",
  },
  {
    field: "recovery_timeout",
    label: "Left alone for",
    hint: "Then it is tried again.",
    usual: "30s",
  },
  {
    field: "half_open_max_calls",
    label: "Trials at once",
    hint: "As many must succeed.",
    usual: "3",
  },
] as const;

/** What few links need: a price of their own, and when a failing link is left alone. Opened where something there is wrong. */
export function LinkMore({ draft, errors, knownPrice, onChange }: LinkMoreProps) {
  const [opened, setOpened] = useState(false);
  const fields = [...priceFields, ...breakerFields];
  const open = opened || fields.some(({ field }) => errors[field] !== undefined);
  return (
    <Disclosure
      summary="Price and breaker"
      open={open}
      onToggle={setOpened}
      className="border-t border-line pt-3"
    >
      <fieldset className="mt-3 grid gap-3.5 sm:grid-cols-2">
        <legend className="sr-only">Price</legend>
        {priceFields.map(({ field, label, side }) => (
          <Field
            key={field}
            label={label}
            error={errors[field] ?? null}
            hint="US dollars per million tokens."
          >
            {(control) => (
              <Input
                {...control}
                value={draft[field]}
                inputMode="decimal"
                autoComplete="off"
                placeholder={knownPrice === undefined ? "not known" : String(knownPrice[side])}
                onChange={(event) => onChange({ [field]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </fieldset>
      <fieldset className="mt-3.5 grid gap-3.5 sm:grid-cols-3">
        <legend className="sr-only">Breaker: when a failing link is left alone</legend>
        {breakerFields.map(({ field, label, hint, usual }) => (
          <Field key={field} label={label} error={errors[field] ?? null} hint={hint}>
            {(control) => (
              <Input
                {...control}
                value={draft[field]}
                autoComplete="off"
                placeholder={usual}
                onChange={(event) => onChange({ [field]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </fieldset>
    </Disclosure>
  );
}
