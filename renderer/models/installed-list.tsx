import { useState } from "react";
import { type InstalledModel, isOwn } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/dialog.tsx";
import { useWork } from "./use-work.ts";
import { checkWords, formatBytes, originWords, speedWords } from "./words.ts";

interface InstalledListProps {
  models: readonly InstalledModel[];
  /** Whether the chain can be changed here; a config file stands above it. */
  readOnly: boolean;
  onTry: (id: string) => void;
}

/** What is on this machine, whoever put it there. */
export function InstalledList({ models, readOnly, onTry }: InstalledListProps) {
  return (
    <section aria-labelledby="installed">
      <h2 id="installed" className="section-label pb-1.5">
        On this machine
      </h2>
      <ul aria-label="Installed models" className="divide-y divide-line border-y border-line-strong">
        {models.map((model) => (
          <Row key={model.id} model={model} readOnly={readOnly} onTry={() => onTry(model.id)} />
        ))}
      </ul>
    </section>
  );
}

function Row({ model, readOnly, onTry }: { model: InstalledModel; readOnly: boolean; onTry: () => void }) {
  const { connection, models, settings, status } = useApp();
  const { id, name, path, size_bytes, origin, kind, link, fit, verified } = model;
  const aside = useStore(status.store, (now) => now?.engine.set_aside.find((one) => one.path === path));
  const [asking, setAsking] = useState(false);
  const work = useWork();
  const owned = isOwn(origin);
  const use = () =>
    work.run("The chain was not changed.", async () => {
      const used = await models.calls.use({ id });
      await settings.refresh();
      return `The link "${used.link}" runs it now.`;
    });
  const verify = () =>
    work.run("It could not be checked.", async () => (await models.calls.verify({ id })).detail);
  const bench = () =>
    work.run("It could not be measured.", async () => {
      const result = await models.calls.benchmark({ id });
      return `${result.tokens_per_second.toFixed(1)} tokens a second on ${result.device}.`;
    });
  const tryAgain = () =>
    work.run("It could not be taken back.", async () => {
      await connection.client.engine.tryAgain({ path });
      return "It will be tried again.";
    });
  const remove = () =>
    work.run("It was not removed.", async () => {
      await models.calls.remove({ id });
      return "";
    });
  const tooLarge = fit.verdict === "too_large";
  const facts = [
    formatBytes(size_bytes),
    originWords[origin],
    speedWords(fit),
    owned ? checkWords(verified) : null,
  ];
  return (
    <li aria-label={name} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-64 flex-1">
        <p className="font-semibold wrap-anywhere">
          {name}
          {link !== null && <span className="ml-2 text-xs text-tier-local">in the chain as {link}</span>}
        </p>
        <p className="text-xs wrap-anywhere text-ink-soft">
          {facts.filter((fact) => fact !== null).join(", ")}
        </p>
        <p className="text-xs text-ink-faint">
          {kind === "embedding" ? "Turns texts into vectors; answers no questions." : fit.reason}
        </p>
        {aside !== undefined && (
          <p className="text-sm wrap-anywhere text-caution">
            Set aside after {aside.crashes} crashes: {aside.reason}
          </p>
        )}
        <p role="status" className="text-sm text-ink-soft">
          {work.said}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {aside !== undefined && (
          <Button size="sm" aria-label={`Try again: ${name}`} disabled={work.busy} onClick={tryAgain}>
            Try again
          </Button>
        )}
        {kind === "chat" && link === null && !readOnly && (
          <Button
            size="sm"
            variant="primary"
            aria-label={`Use ${name}`}
            disabled={work.busy || tooLarge}
            onClick={use}
          >
            Use
          </Button>
        )}
        {kind === "chat" && (
          <>
            <Button size="sm" aria-label={`Try ${name}`} disabled={tooLarge} onClick={onTry}>
              Try
            </Button>
            <Button size="sm" aria-label={`Measure ${name}`} disabled={work.busy || tooLarge} onClick={bench}>
              Measure
            </Button>
          </>
        )}
        {origin !== "bundled" && (
          <Button size="sm" aria-label={`Check ${name}`} disabled={work.busy} onClick={verify}>
            Check
          </Button>
        )}
        {(owned || origin === "file") && (
          <Button
            size="sm"
            aria-label={`Remove ${name}`}
            disabled={work.busy}
            onClick={() => setAsking(true)}
          >
            Remove
          </Button>
        )}
      </div>
      {asking && (
        <Confirm
          title={`Remove ${name}?`}
          text={
            owned
              ? `Its file of ${formatBytes(size_bytes)} is deleted from this machine.`
              : "Holdfast forgets it; the file stays where it lies."
          }
          confirm="Remove it"
          onConfirm={remove}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
