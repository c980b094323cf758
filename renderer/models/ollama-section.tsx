import { type FormEvent, useState } from "react";
import type { OllamaState } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { toast } from "../ui/toast.tsx";
import { OllamaModels } from "./ollama-models.tsx";
import { OllamaPulls } from "./ollama-pulls.tsx";
import { useWork } from "./use-work.ts";

/** Ollama, the other way to run models here: its server, what it has, and what it is fetching. */
export function OllamaSection({ readOnly }: { readOnly: boolean }) {
  const { local } = useApp().models;
  const state = useStore(local.store, (now) => now);
  if (state === null) return null;
  return (
    <section aria-labelledby="ollama" className="flex flex-col gap-4">
      <Standing state={state} />
      <OllamaPulls pulls={state.pulls} />
      <OllamaModels models={state.models} readOnly={readOnly} />
      {state.state === "running" && <PullForm />}
    </section>
  );
}

const where = (state: OllamaState): string => state.base_url.replace(/^https?:\/\//, "");

function sentence(state: OllamaState): string {
  switch (state.state) {
    case "running":
      return `Ollama ${state.version ?? ""} runs at ${where(state)}${state.started_here ? ", started by Holdfast" : ""}.`;
    case "starting":
      return "Ollama is starting.";
    case "stopped":
      return "Ollama is installed and does not run. Holdfast starts it when a link needs it.";
    case "unreachable":
      return `A link of the chain names Ollama at ${where(state)}, and nothing answers there.`;
    case "not_installed":
      return "Ollama is not installed. With it, Holdfast can use the models of its library.";
    default:
      return state.state satisfies never;
  }
}

function Standing({ state }: { state: OllamaState }) {
  const { ollama } = useApp().models.local;
  const work = useWork();
  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h2 id="ollama" className="section-label">
          Ollama
        </h2>
        <p className="min-w-64 flex-1 text-sm text-ink-soft">{sentence(state)}</p>
        {state.state === "stopped" && (
          <Button
            size="sm"
            disabled={work.busy}
            onClick={() =>
              work.run("Ollama was not started.", async () => {
                await ollama.start();
                return "";
              })
            }
          >
            {work.busy ? "Starting" : "Start Ollama"}
          </Button>
        )}
        {state.started_here && state.state === "running" && (
          <Button
            size="sm"
            disabled={work.busy}
            onClick={() =>
              work.run("Ollama was not stopped.", async () => {
                await ollama.stop();
                return "";
              })
            }
          >
            Stop Ollama
          </Button>
        )}
      </div>
      {state.trouble !== null && (
        <p role="alert" className="pt-1 text-sm wrap-anywhere text-bad">
          {state.trouble}
        </p>
      )}
    </div>
  );
}

const noState: Pick<OllamaState, "missing" | "pulls"> = { missing: [], pulls: [] };

/** Models that the chain names and Ollama does not have: each is one press away. */
export function MissingModels() {
  const { local } = useApp().models;
  const { ollama } = local;
  const { missing, pulls } = useStore(local.store, (now) => now) ?? noState;
  const under = new Set(pulls.map(({ name }) => name));
  const open = missing.filter(({ model }) => !under.has(model) && !under.has(`${model}:latest`));
  if (open.length === 0) return null;
  return (
    <ul aria-label="Missing models" className="flex flex-col gap-2">
      {open.map(({ link, model }) => (
        <li
          key={link}
          aria-label={model}
          className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-caution px-4 py-3"
        >
          <p className="min-w-64 flex-1 text-sm">
            The link <b>{link}</b> runs <b className="wrap-anywhere">{model}</b>, which Ollama does not have
            yet.
          </p>
          <Button
            size="sm"
            variant="primary"
            aria-label={`Get the model ${model}`}
            onClick={() =>
              void ollama
                .pull({ name: model })
                .catch((error: unknown) => toast.failure("The model was not fetched.", error))
            }
          >
            Get the model
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** Has Ollama fetch any model of its library by its name. */
function PullForm() {
  const { ollama } = useApp().models.local;
  const [name, setName] = useState("");
  const work = useWork();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    work.run("The model was not fetched.", async () => {
      await ollama.pull({ name: name.trim() });
      setName("");
      return "";
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-start gap-2">
      <Field
        label="Model of Ollama's library"
        hint="Such as llama3.2:1b or qwen3:4b; all of them stand at ollama.com/library."
        className="min-w-64 flex-1"
      >
        {(control) => (
          <Input
            {...control}
            value={name}
            spellCheck={false}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" className="mt-6" disabled={work.busy || name.trim() === ""}>
        Pull
      </Button>
    </form>
  );
}
