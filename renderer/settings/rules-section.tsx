import type { Config, SkipPreset } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Choice } from "../ui/choice.tsx";
import { toast } from "../ui/toast.tsx";
import { readConfig } from "./problem.ts";
import { SavedField } from "./saved-field.tsx";
import { Labelled } from "./section.tsx";

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
      <Labelled label="When a link fails">
        <Choice
          label="When a link fails"
          value={presetOf(config.skip)}
          disabled={readOnly}
          options={skipOptions}
          onChange={(preset) => change({ skip: withPreset(config.skip, preset) })}
        />
      </Labelled>
      <SavedField
        key={config.deadline ?? ""}
        label="Deadline for a whole request"
        hint="All links and retries together, such as 90s or 2m. Empty: 120s."
        placeholder="120s"
        value={config.deadline ?? ""}
        readOnly={readOnly}
        read={(text) =>
          text === "" ? { value: { deadline: undefined } } : readConfig("The deadline", { deadline: text })
        }
        onSave={change}
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
