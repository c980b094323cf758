import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { type FormPreset, ggufPreset } from "./link-draft.ts";

interface LocalSectionProps {
  readOnly: boolean;
  onAdd: (preset: FormPreset) => void;
}

const engineStates = {
  stopped: "not started",
  starting: "starting",
  idle: "ready",
  loading: "loading the model",
  generating: "answering",
  crashed: "stopped unexpectedly; it starts again by itself",
} as const;

/** What runs on this machine now, and the ways to a better model. */
export function LocalSection({ readOnly, onAdd }: LocalSectionProps) {
  const { settings, status } = useApp();
  const presets = useStore(settings.store, (state) => state.presets);
  const engine = useStore(status.store, (now) => now?.engine ?? null);
  const local = presets.filter((preset) => preset.tier === "local");
  return (
    <div className="flex flex-col gap-3 text-sm">
      {engine !== null && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5">
          <dt className="text-ink-faint">Engine</dt>
          <dd>{engineStates[engine.state]}</dd>
          <dt className="text-ink-faint">Model</dt>
          <dd className="reading wrap-anywhere">{engine.model ?? "none loaded"}</dd>
          <dt className="text-ink-faint">Runs on</dt>
          <dd className="reading">{engine.device ?? "–"}</dd>
        </dl>
      )}
      <p className="max-w-prose text-ink-soft">
        The starter model is small: it knows Holdfast and little else. With a larger one your questions are
        answered without any connection. Holdfast runs any chat model in the GGUF format by itself; name its
        file. As a rule a model needs a little more memory than its file is large. A model that runs in Ollama
        or LM Studio can be used as well.
      </p>
      {!readOnly && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => onAdd(ggufPreset)}>Use a GGUF file</Button>
          {local.map((preset) => (
            <Button key={preset.id} onClick={() => onAdd(preset)}>
              Use {preset.label}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
