import { useId, useState } from "react";
import type { LinkConfig, SecretsInfo } from "../../electron/contract/index.ts";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { formatCount } from "../words/index.ts";
import { KeyFields, type KeyPlace } from "./key-fields.tsx";
import { type DraftErrors, type FormPreset, type LinkDraft, linkOfDraft } from "./link-draft.ts";
import { LinkMore } from "./link-more.tsx";
import { LinkTestResult, useLinkTest } from "./link-test.tsx";

interface LinkFormProps {
  preset: FormPreset;
  /** The link that is edited; null for a new one. */
  base: LinkConfig | null;
  initial: LinkDraft;
  /** Ids of the other links. */
  taken: readonly string[];
  secrets: SecretsInfo | null;
  /** Saves the link and, when it is not null, the key; rejects with what went wrong. */
  onSave: (link: LinkConfig, key: string | null) => Promise<void>;
  onForgetKey: () => Promise<void>;
  onClose: () => void;
}

/** The fields of one link, new or existing. Its name stays once it is saved, because receipts and keys refer to it. */
export function LinkForm({
  preset,
  base,
  initial,
  taken,
  secrets,
  onSave,
  onForgetKey,
  onClose,
}: LinkFormProps) {
  const [place, setPlace] = useState<KeyPlace>(
    initial.api_key_env !== "" || secrets?.writable === false ? "environment" : "stored",
  );
  const usualVariable = preset.api_key_env ?? "";
  const [draft, setDraft] = useState(() =>
    base === null && place === "environment" ? { ...initial, api_key_env: usualVariable } : initial,
  );
  const [errors, setErrors] = useState<DraftErrors>({});
  const [refused, setRefused] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const test = useLinkTest();
  const models = useId();
  const isFile = draft.provider === "llama";
  const known = preset.models.find((model) => model.id === draft.model.trim());

  const set = (change: Partial<LinkDraft>) => {
    setDraft((now) => ({ ...now, ...change }));
    setErrors((now) => {
      const left = { ...now };
      for (const field of Object.keys(change)) delete left[field as keyof LinkDraft];
      return left;
    });
  };
  /** The link as the form says it now, or null when an error is shown instead. */
  const read = (): { link: LinkConfig; key: string | null } | null => {
    const chosen = place === "stored" ? { ...draft, api_key_env: "" } : { ...draft, key: "" };
    const result = linkOfDraft(chosen, preset, base, taken);
    if ("errors" in result) {
      setErrors(result.errors);
      return null;
    }
    return { link: result.link, key: chosen.key.trim() === "" ? null : chosen.key.trim() };
  };
  const save = async () => {
    const wanted = read();
    if (wanted === null) return;
    setSaving(true);
    try {
      await onSave(wanted.link, wanted.key);
      onClose();
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
      setSaving(false);
    }
  };

  return (
    <form
      noValidate
      className="flex flex-col gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field
        label={isFile ? "Path of the file" : "Model"}
        error={errors.model ?? null}
        hint={
          known !== undefined ? (
            <ModelFacts model={known} />
          ) : isFile ? (
            "A file that ends in .gguf, or a path inside the app such as resources/models/starter.gguf."
          ) : null
        }
      >
        {(control) => (
          <>
            <Input
              {...control}
              list={models}
              value={draft.model}
              autoComplete="off"
              spellCheck={false}
              placeholder={isFile ? "/home/me/models/qwen3-4b-q4_k_m.gguf" : undefined}
              onChange={(event) => set({ model: event.target.value })}
            />
            <datalist id={models}>
              {preset.models.map((model) => (
                <option key={model.id} value={model.id} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      {!isFile && (
        <Field
          label="Address"
          error={errors.base_url ?? null}
          hint={
            preset.base_url === undefined && draft.provider !== "openai-compatible"
              ? "Leave it empty for the provider's own."
              : null
          }
        >
          {(control) => (
            <Input
              {...control}
              type="url"
              value={draft.base_url}
              autoComplete="off"
              spellCheck={false}
              placeholder="https://…"
              onChange={(event) => set({ base_url: event.target.value })}
            />
          )}
        </Field>
      )}
      {!isFile && (
        <KeyFields
          link={base?.id ?? null}
          preset={preset}
          secrets={secrets}
          place={place}
          keyText={draft.key}
          variable={draft.api_key_env}
          error={errors.api_key_env ?? null}
          onPlace={(next) => {
            setPlace(next);
            if (next === "environment" && draft.api_key_env === "") set({ api_key_env: usualVariable });
          }}
          onKey={(key) => set({ key })}
          onVariable={(api_key_env) => set({ api_key_env })}
          onForget={onForgetKey}
        />
      )}
      <div className="grid gap-3.5 sm:grid-cols-2">
        <Field
          label="Name"
          error={errors.id ?? null}
          hint={
            base === null
              ? "How receipts and the status bar call it."
              : "Stays, because receipts refer to it."
          }
        >
          {(control) => (
            <Input
              {...control}
              value={draft.id}
              readOnly={base !== null}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => set({ id: event.target.value })}
            />
          )}
        </Field>
        <Field
          label="Time limit"
          error={errors.timeout ?? null}
          hint="For a whole answer, such as 60s. Empty: the default."
        >
          {(control) => (
            <Input
              {...control}
              value={draft.timeout}
              autoComplete="off"
              placeholder="default"
              onChange={(event) => set({ timeout: event.target.value })}
            />
          )}
        </Field>
      </div>
      <LinkMore draft={draft} errors={errors} knownPrice={known?.price} onChange={set} />
      <LinkTestResult state={test.state} />
      {refused !== null && (
        <p role="alert" className="text-sm font-medium text-bad">
          It was not saved. {refused}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2 border-t border-line pt-3.5">
        <Button
          className="mr-auto"
          disabled={test.state.phase === "running"}
          onClick={() => {
            const wanted = read();
            if (wanted !== null) void test.run(wanted.link, wanted.key);
          }}
        >
          Test
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="primary" type="submit" disabled={saving}>
          {base === null ? "Add to the chain" : "Save"}
        </Button>
      </div>
    </form>
  );
}

/** The window and the price of a model that the preset knows. */
function ModelFacts({ model }: { model: FormPreset["models"][number] }) {
  const facts = [
    ...(model.capabilities.context_window === undefined
      ? []
      : [`${formatCount(model.capabilities.context_window)} tokens of context`]),
    ...(model.price === undefined
      ? []
      : [`$${model.price.input} in and $${model.price.output} out per million tokens`]),
  ];
  return facts.length === 0 ? null : <span>{facts.join("; ")}.</span>;
}
