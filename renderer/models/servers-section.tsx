import { useState } from "react";
import type { LocalServer } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { useWork } from "./use-work.ts";

/** Servers with models on this machine. They are looked for only when the person asks. */
export function ServersSection({ readOnly }: { readOnly: boolean }) {
  const { servers } = useApp().models.local;
  const [found, setFound] = useState<readonly LocalServer[]>([]);
  const work = useWork();
  const look = async (): Promise<string> => {
    const seen = await servers.look({});
    setFound(seen);
    return seen.length === 0 ? "No server answers on its usual port." : "";
  };
  return (
    <section aria-labelledby="local-servers">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pb-2">
        <h2 id="local-servers" className="section-label">
          Other servers
        </h2>
        <p className="min-w-64 flex-1 text-sm text-ink-soft">
          llama-server, LM Studio, vLLM, Jan or Ollama, where one runs on this machine.
        </p>
        <Button
          size="sm"
          disabled={work.busy}
          onClick={() => work.run("They could not be looked for.", look)}
        >
          {work.busy ? "Looking" : "Look for local servers"}
        </Button>
      </div>
      <ul aria-label="Local servers" className="flex flex-col gap-3">
        {found.map((server) => (
          <Server key={server.base_url} server={server} readOnly={readOnly} onAdded={() => void look()} />
        ))}
      </ul>
      <p role="status" className="text-sm text-ink-soft">
        {work.said}
      </p>
    </section>
  );
}

interface ServerProps {
  server: LocalServer;
  readOnly: boolean;
  onAdded: () => void;
}

function Server({ server: { name, base_url, version, needs_key, models }, readOnly, onAdded }: ServerProps) {
  const { models: app, settings } = useApp();
  const work = useWork();
  const add = (model: string) =>
    work.run("The chain was not changed.", async () => {
      const { link } = await app.local.servers.add({ base_url, model });
      await settings.refresh();
      onAdded();
      return `The link "${link}" asks ${model} now.`;
    });
  return (
    <li aria-label={name} className="rounded-lg border border-line-strong px-4 py-3">
      <p className="font-semibold">
        {name}{" "}
        <span className="text-xs font-normal text-ink-soft">
          {[version, base_url].filter(Boolean).join(", ")}
        </span>
      </p>
      {needs_key && (
        <p className="text-sm text-ink-soft">
          It answers only with a key: add it under Settings, Providers, with this address.
        </p>
      )}
      {models.length === 0 && !needs_key && <p className="text-sm text-ink-soft">It has no model loaded.</p>}
      <ul aria-label={`Models of ${name}`} className="divide-y divide-line">
        {models.map(({ id, context, vision, link }) => (
          <li key={id} aria-label={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <p className="min-w-56 flex-1 text-sm wrap-anywhere">
              {id}
              <span className="ml-2 text-xs text-ink-soft">
                {[context && `${context.toLocaleString("en-US")} tokens`, vision && "sees images"]
                  .filter(Boolean)
                  .join(", ")}
              </span>
            </p>
            {link === null ? (
              !readOnly && (
                <Button size="sm" aria-label={`Add ${id}`} disabled={work.busy} onClick={() => add(id)}>
                  Add to the chain
                </Button>
              )
            ) : (
              <span className="text-xs text-tier-local">in the chain as {link}</span>
            )}
          </li>
        ))}
      </ul>
      <p role="status" className="text-sm text-ink-soft">
        {work.said}
      </p>
    </li>
  );
}
