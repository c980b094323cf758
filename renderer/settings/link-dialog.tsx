import { useState } from "react";
import type { LinkConfig, Preset, SecretsInfo } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Dialog } from "../ui/dialog.tsx";
import { toast } from "../ui/toast.tsx";
import {
  chainWith,
  draftOfLink,
  draftOfPreset,
  type FormPreset,
  ggufPreset,
  otherPreset,
  presetOfLink,
} from "./link-draft.ts";
import { LinkForm } from "./link-form.tsx";

interface LinkDialogProps {
  chain: readonly LinkConfig[];
  /** The link to edit; null adds one. */
  link: LinkConfig | null;
  /** The preset to begin with; null lets the person choose. */
  start: FormPreset | null;
  onClose: () => void;
}

/** Adds a link to the chain, from a preset, or edits one. */
export function LinkDialog({ chain, link, start, onClose }: LinkDialogProps) {
  const { settings } = useApp();
  const { presets, secrets } = useStore(settings.store, (state) => state);
  const [preset, setPreset] = useState<FormPreset | null>(
    link === null ? start : presetOfLink(link, presets),
  );
  const taken = chain.map((one) => one.id).filter((id) => id !== link?.id);

  const save = async (saved: LinkConfig, key: string | null) => {
    const next =
      link === null ? chainWith(chain, saved) : chain.map((one) => (one.id === saved.id ? saved : one));
    await settings.change({ fallback_chain: next });
    if (key !== null) await settings.saveKey(saved.id, key);
  };
  const forget = async () => {
    if (link === null) return;
    try {
      await settings.removeKey(link.id);
    } catch (error) {
      toast.failure("The key could not be removed.", error);
    }
  };

  const title =
    link !== null ? `Edit ${link.id}` : preset === null ? "Add a provider" : `Add: ${preset.label}`;
  return (
    <Dialog title={title} onClose={onClose}>
      {preset === null ? (
        <PresetPicker presets={presets} secrets={secrets} onPick={setPreset} />
      ) : (
        <LinkForm
          preset={preset}
          base={link}
          initial={link === null ? draftOfPreset(preset, taken) : draftOfLink(link)}
          taken={taken}
          secrets={secrets}
          onSave={save}
          onForgetKey={forget}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

interface PresetPickerProps {
  presets: readonly Preset[];
  secrets: SecretsInfo | null;
  onPick: (preset: FormPreset) => void;
}

function PresetPicker({ presets, onPick }: PresetPickerProps) {
  const groups: [string, readonly FormPreset[]][] = [
    ["In the cloud", [...presets.filter((one) => one.tier === "cloud"), otherPreset]],
    ["On this machine or your network", [...presets.filter((one) => one.tier === "local"), ggufPreset]],
  ];
  return (
    <div className="flex flex-col gap-4">
      {groups.map(([name, group]) => (
        <section key={name} aria-label={name}>
          <h3 className="section-label mb-1.5">{name}</h3>
          <ul className="grid gap-x-2 gap-y-1 sm:grid-cols-2">
            {group.map((preset) => (
              <li key={preset.id}>
                <button
                  type="button"
                  onClick={() => onPick(preset)}
                  className="h-full w-full rounded-md border border-line bg-raised px-3 py-2 text-left text-sm font-medium hover:border-accent hover:text-accent"
                >
                  {preset.label}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
