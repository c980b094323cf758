import { useState } from "react";
import { type Config, duration, type SkipPreset } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { Choice } from "../ui/choice.tsx";
import { Field, Input } from "../ui/field.tsx";
import { toast } from "../ui/toast.tsx";

const skipOptions = [
  {
    value: "always_answer",
    label: "Always answer",
    text: "A rejected key or a missing model moves on to the next link too, and a notice says what to mend.",
  },
  {
    value: "retryable_only",
    label: "Only what may pass",
    text: "Overload, rate limits, lost connections and time-outs move on; a rejected key or an invalid request stops.",
  },
] as const;

/** The rules by which a request moves along the chain. */
export function RulesSection({ config, readOnly }: { config: Config; readOnly: boolean }) {
  const { settings } = useApp();
  const change = (part: Partial<Config>) => {
    settings.change(part).catch((error: unknown) => toast.failure("The rules were not changed.", error));
  };
  return (
    <div className="flex flex-col gap-5">
      <div>
        <h3 className="mb-1.5 text-sm font-medium">When a link fails</h3>
        <Choice
          label="When a link fails"
          value={presetOf(config.skip)}
          disabled={readOnly}
          options={skipOptions}
          onChange={(preset) => change({ skip: withPreset(config.skip, preset) })}
        />
      </div>
      <Deadline
        key={config.deadline ?? ""}
        value={config.deadline ?? ""}
        readOnly={readOnly}
        onSave={(deadline) => change({ deadline })}
      />
    </div>
  );
}

type Skip = Config["skip"];

function presetOf(skip: Skip): SkipPreset {
  return (typeof skip === "string" ? skip : skip?.preset) ?? "always_answer";
}

/** Another preset under the changes that a person made to the old one in a config of their own. */
function withPreset(skip: Skip, preset: SkipPreset): Skip {
  return typeof skip === "object" ? { ...skip, preset } : preset;
}

interface DeadlineProps {
  value: string;
  readOnly: boolean;
  onSave: (deadline: string | undefined) => void;
}

function Deadline({ value, readOnly, onSave }: DeadlineProps) {
  const [text, setText] = useState(value);
  const [error, setError] = useState<string | null>(null);
  const save = () => {
    const wanted = text.trim();
    if (wanted === "") {
      onSave(undefined);
      return;
    }
    const result = duration.safeParse(wanted);
    if (result.success) onSave(result.data);
    else setError(`“${wanted}” ${result.error.issues[0]?.message ?? "is not a duration"}.`);
  };
  return (
    <form
      noValidate
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Field
        label="Deadline for a whole request"
        className="w-full max-w-80"
        error={error}
        hint="All links and retries together, such as 90s or 2m. Empty: 120s."
      >
        {(control) => (
          <Input
            {...control}
            value={text}
            readOnly={readOnly}
            placeholder="120s"
            autoComplete="off"
            onChange={(event) => {
              setText(event.target.value);
              setError(null);
            }}
          />
        )}
      </Field>
      {!readOnly && text.trim() !== value && (
        <Button type="submit" className="mt-6.5">
          Save
        </Button>
      )}
    </form>
  );
}
