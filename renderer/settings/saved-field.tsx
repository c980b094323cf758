import { type ComponentProps, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";

interface SavedFieldProps<T>
  extends Pick<ComponentProps<"input">, "placeholder" | "inputMode" | "className"> {
  label: string;
  hint?: string;
  /** The value in force, as it is written. Mount the field anew, by `key`, for another one. */
  value: string;
  readOnly: boolean;
  /** What a text means, or what is wrong with it, as a sentence. */
  read: (text: string) => { value: T } | { error: string };
  onSave: (value: T) => void;
}

/** One setting that is written and then saved. */
export function SavedField<T>(props: SavedFieldProps<T>) {
  const { label, hint, value, readOnly, read, onSave, placeholder, inputMode, className } = props;
  const [text, setText] = useState(value);
  const [error, setError] = useState<string | null>(null);
  return (
    <form
      noValidate
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        const result = read(text.trim());
        if ("error" in result) setError(result.error);
        else onSave(result.value);
      }}
    >
      <Field label={label} hint={hint} className={className ?? "w-full max-w-80"} error={error}>
        {(control) => (
          <Input
            {...control}
            value={text}
            readOnly={readOnly}
            placeholder={placeholder}
            inputMode={inputMode}
            autoComplete="off"
            onChange={(event) => {
              setText(event.target.value);
              setError(null);
            }}
          />
        )}
      </Field>
      {!readOnly && text.trim() !== value && (
        <Button type="submit" className="mt-6">
          Save
        </Button>
      )}
    </form>
  );
}
