import { useState } from "react";
import type { OllamaModelInfo } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/dialog.tsx";
import { useWork } from "./use-work.ts";
import { formatBytes } from "./words.ts";

const abilities: Record<string, string> = {
  vision: "sees images",
  tools: "calls tools",
  thinking: "thinks first",
  embedding: "makes vectors",
};

/** The models that Ollama has, run by Ollama itself. */
export function OllamaModels({
  models,
  readOnly,
}: {
  models: readonly OllamaModelInfo[];
  readOnly: boolean;
}) {
  if (models.length === 0) return null;
  return (
    <ul aria-label="Ollama's models" className="divide-y divide-line border-y border-line-strong">
      {models.map((model) => (
        <Row key={model.name} model={model} readOnly={readOnly} />
      ))}
    </ul>
  );
}

function factsOf({
  size_bytes,
  parameters,
  quantisation,
  context,
  capabilities,
  loaded,
}: OllamaModelInfo): string {
  return [
    formatBytes(size_bytes),
    parameters && `${parameters} parameters`,
    quantisation,
    context && `${context.toLocaleString("en-US")} tokens of context`,
    ...(capabilities ?? []).map((ability) => abilities[ability]),
    loaded &&
      (loaded.context === null
        ? "in memory"
        : `in memory with ${loaded.context.toLocaleString("en-US")} tokens`),
  ]
    .filter(Boolean)
    .join(", ");
}

function Row({ model, readOnly }: { model: OllamaModelInfo; readOnly: boolean }) {
  const { models, settings } = useApp();
  const { ollama } = models.local;
  const { name, size_bytes, remote_host, capabilities, loaded, link } = model;
  const [asking, setAsking] = useState(false);
  const work = useWork();
  const answers = capabilities === null || capabilities.includes("completion");
  const use = () =>
    work.run("The chain was not changed.", async () => {
      const used = await ollama.use({ name });
      await settings.refresh();
      return `The link "${used.link}" runs it now.`;
    });
  const quietly = (failure: string, call: () => Promise<unknown>) =>
    work.run(failure, async () => {
      await call();
      return "";
    });
  return (
    <li aria-label={name} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-64 flex-1">
        <p className="font-semibold wrap-anywhere">
          {name}
          {link !== null && <span className="ml-2 text-xs text-tier-local">in the chain as {link}</span>}
        </p>
        <p className="text-xs wrap-anywhere text-ink-soft">
          {remote_host === null
            ? factsOf(model)
            : `Runs at ${remote_host}, not on this machine; counts as cloud`}
        </p>
        <p role="status" className="text-sm text-ink-soft">
          {work.said}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {answers && link === null && !readOnly && (
          <Button size="sm" variant="primary" aria-label={`Use ${name}`} disabled={work.busy} onClick={use}>
            Use
          </Button>
        )}
        {remote_host === null && answers && (
          <Button
            size="sm"
            aria-label={loaded ? `Unload ${name}` : `Load ${name}`}
            disabled={work.busy}
            onClick={() =>
              loaded
                ? quietly("It was not unloaded.", () => ollama.unload({ name }))
                : quietly("It was not loaded.", () => ollama.warm({ name }))
            }
          >
            {loaded ? "Unload" : work.busy ? "Loading" : "Load"}
          </Button>
        )}
        <Button size="sm" aria-label={`Remove ${name}`} disabled={work.busy} onClick={() => setAsking(true)}>
          Remove
        </Button>
      </div>
      {asking && (
        <Confirm
          title={`Remove ${name}?`}
          text={`Ollama deletes it, ${formatBytes(size_bytes)}, for every program on this machine.`}
          confirm="Remove it"
          onConfirm={() => quietly("It was not removed.", () => ollama.remove({ name }))}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
