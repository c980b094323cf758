import type { SecretsInfo } from "../../electron/contract/index.ts";
import { Button } from "../ui/button.tsx";
import { Choice } from "../ui/choice.tsx";
import { Field, Input } from "../ui/field.tsx";
import type { FormPreset } from "./link-draft.ts";

/** Where a link's key is: kept by the app, or in an environment variable. */
export type KeyPlace = "stored" | "environment";

interface KeyFieldsProps {
  /** The id of an existing link; null for a new one. */
  link: string | null;
  preset: FormPreset;
  secrets: SecretsInfo | null;
  place: KeyPlace;
  keyText: string;
  variable: string;
  error: string | null;
  onPlace: (place: KeyPlace) => void;
  onKey: (key: string) => void;
  onVariable: (name: string) => void;
  onForget: () => Promise<void>;
}

/** The key of a link: typed in and kept safely where the machine can, or named as an environment variable. */
export function KeyFields(props: KeyFieldsProps) {
  const { preset, secrets, place, link } = props;
  const writable = secrets?.writable === true;
  const stored = link !== null && secrets?.present[link] === "stored";
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">
        API key
        {preset.tier === "local" && <span className="font-normal text-ink-faint"> (seldom needed here)</span>}
      </legend>
      {writable && (
        <Choice
          label="Where the key is"
          value={place}
          onChange={props.onPlace}
          options={[
            { value: "stored", label: "Keep it in the app" },
            { value: "environment", label: "Read an environment variable" },
          ]}
        />
      )}
      {writable && place === "stored" ? (
        <Field label="Key" hint={secrets.detail}>
          {(control) => (
            <div className="flex gap-2">
              <Input
                {...control}
                type="password"
                value={props.keyText}
                autoComplete="off"
                spellCheck={false}
                placeholder={stored ? "A key is stored; leave empty to keep it" : ""}
                onChange={(event) => props.onKey(event.target.value)}
              />
              {stored && <Button onClick={() => void props.onForget()}>Forget it</Button>}
            </div>
          )}
        </Field>
      ) : (
        <Field label="Environment variable" error={props.error} hint={writable ? null : secrets?.detail}>
          {(control) => (
            <Input
              {...control}
              value={props.variable}
              autoComplete="off"
              spellCheck={false}
              placeholder={preset.api_key_env ?? "NAME_OF_THE_VARIABLE"}
              onChange={(event) => props.onVariable(event.target.value)}
            />
          )}
        </Field>
      )}
      {preset.keys_url !== undefined && (
        <p className="text-xs text-ink-faint">
          Keys are made at{" "}
          <a
            href={preset.keys_url}
            target="_blank"
            rel="noreferrer noopener"
            className="text-accent underline underline-offset-2"
          >
            {new URL(preset.keys_url).host}
          </a>
          .
        </p>
      )}
    </fieldset>
  );
}
