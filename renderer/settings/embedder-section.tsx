import { Check, X } from "lucide-react";
import { useEffect, useState } from "react";
import type { CacheEmbedder, Config, EmbedderTry } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { Choice } from "../ui/choice.tsx";
import { Field, Input } from "../ui/field.tsx";
import { toast } from "../ui/toast.tsx";
import { formatCount, formatMs } from "../words/index.ts";
import { draftOf, type EmbedderDraft, type EmbedderErrors, readDraft } from "./embedder-draft.ts";
import { Labelled } from "./section.tsx";

const kinds = [
  { value: "bundled", label: "The built-in one", text: "all-MiniLM-L6-v2, which came with Holdfast." },
  { value: "file", label: "A GGUF file", text: "Another embedding model on this machine." },
  { value: "ollama", label: "Ollama", text: "A model that Ollama has, such as nomic-embed-text." },
  {
    value: "openai-compatible",
    label: "Another server",
    text: "One on this machine that speaks OpenAI's protocol.",
  },
] as const;

/** The usual address of each kind of server; it counts where none is written. */
const addresses = { ollama: "http://127.0.0.1:11434", "openai-compatible": "http://127.0.0.1:11434/v1" };

/** How often is asked how many entries still wait, ms. */
const pollMs = 2_000;

type Trial =
  | { phase: "idle" | "running" }
  | { phase: "done"; found: EmbedderTry }
  | { phase: "failed"; text: string };

/** What tells how near two questions are: chosen, tested, and how far the entries have got with it. */
export function EmbedderSection({ config, readOnly }: { config: Config; readOnly: boolean }) {
  const key = JSON.stringify(config.cache?.embedder ?? null);
  return (
    <div className="flex flex-col gap-4">
      <Labelled label="How the meaning of questions is compared">
        <EmbedderForm key={key} config={config} readOnly={readOnly} />
      </Labelled>
      <Waiting embedder={key} />
    </div>
  );
}

function EmbedderForm({ config, readOnly }: { config: Config; readOnly: boolean }) {
  const { settings, cache } = useApp();
  const inForce = draftOf(config.cache?.embedder);
  const [draft, setDraft] = useState(inForce);
  const [errors, setErrors] = useState<EmbedderErrors>({});
  const [trial, setTrial] = useState<Trial>({ phase: "idle" });
  const change = (part: Partial<EmbedderDraft>) => {
    setDraft((now) => ({ ...now, ...part }));
    setErrors({});
    setTrial({ phase: "idle" });
  };
  /** Does something with what the form says, unless something is wrong with it. */
  const withRead = (then: (embedder: CacheEmbedder | undefined) => void) => {
    const result = readDraft(draft);
    if ("errors" in result) setErrors(result.errors);
    else then(result.embedder);
  };
  const test = (embedder: CacheEmbedder | undefined) => {
    setTrial({ phase: "running" });
    cache.tryEmbedder(embedder).then(
      (found) => setTrial({ phase: "done", found }),
      (error: unknown) =>
        setTrial({ phase: "failed", text: error instanceof Error ? error.message : String(error) }),
    );
  };
  const save = (embedder: CacheEmbedder | undefined) => {
    settings
      .change({ cache: { ...config.cache, embedder } })
      .catch((error: unknown) => toast.failure("The embedder was not changed.", error));
  };
  const isChanged = JSON.stringify(draft) !== JSON.stringify(inForce);
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        withRead(save);
      }}
    >
      <Choice
        label="How the meaning of questions is compared"
        value={draft.kind}
        disabled={readOnly}
        options={kinds}
        onChange={(kind) => change({ kind })}
      />
      {draft.kind === "file" && (
        <Field
          label="Path of the file"
          hint="Of a GGUF file, or the name of a model that is listed under Models."
          error={errors.path ?? null}
        >
          {(control) => (
            <Input
              {...control}
              value={draft.path}
              readOnly={readOnly}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => change({ path: event.target.value })}
            />
          )}
        </Field>
      )}
      {(draft.kind === "ollama" || draft.kind === "openai-compatible") && (
        <div className="grid gap-3 @2xl:grid-cols-2">
          <Field label="Model of the embedder" error={errors.model ?? null}>
            {(control) => (
              <Input
                {...control}
                value={draft.model}
                readOnly={readOnly}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => change({ model: event.target.value })}
              />
            )}
          </Field>
          <Field
            label="Address of its server"
            hint="On this machine only, since every question goes there."
            error={errors.baseUrl ?? null}
          >
            {(control) => (
              <Input
                {...control}
                value={draft.baseUrl}
                readOnly={readOnly}
                placeholder={addresses[draft.kind as keyof typeof addresses]}
                inputMode="url"
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => change({ baseUrl: event.target.value })}
              />
            )}
          </Field>
        </div>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button disabled={trial.phase === "running"} onClick={() => withRead(test)}>
          Test it
        </Button>
        {!readOnly && isChanged && (
          <Button type="submit" variant="primary">
            Use this embedder
          </Button>
        )}
        <TrialResult trial={trial} />
      </div>
      {isChanged && (
        <p className="text-xs text-ink-faint">
          All earlier questions are then read again in the background. Until its turn has come, each is found
          by the same words only.
        </p>
      )}
    </form>
  );
}

function TrialResult({ trial }: { trial: Trial }) {
  return (
    <p
      role="status"
      className="flex min-w-0 items-start gap-1.5 text-sm empty:hidden [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0"
    >
      {trial.phase === "running" && <span className="text-ink-soft">Reading one sentence.</span>}
      {trial.phase === "done" && (
        <>
          <Check aria-hidden className="text-good" />
          <span>
            It works: {formatCount(trial.found.dimensions)} dimensions, one sentence in{" "}
            <span className="reading">{formatMs(trial.found.duration_ms)}</span>.
          </span>
        </>
      )}
      {trial.phase === "failed" && (
        <>
          <X aria-hidden className="text-bad" />
          <span className="wrap-anywhere">{trial.text}</span>
        </>
      )}
    </p>
  );
}

/** How many earlier questions the embedder in force has still to read. */
function Waiting({ embedder }: { embedder: string }) {
  const { cache } = useApp();
  const waiting = useStore(cache.store, ({ stats }) => stats?.waiting ?? 0);
  const isWaiting = waiting > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another embedder has everything to read again
  useEffect(() => {
    const read = () =>
      cache.readStats().catch((error: unknown) => console.error("The cache could not be read:", error));
    void read();
    if (!isWaiting) return;
    const timer = setInterval(read, pollMs);
    return () => clearInterval(timer);
  }, [cache, embedder, isWaiting]);
  return (
    <p role="status" className="text-sm text-ink-soft empty:hidden">
      {isWaiting && `${formatCount(waiting)} earlier questions still wait to be read by this embedder.`}
    </p>
  );
}
