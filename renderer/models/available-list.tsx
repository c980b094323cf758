import { useState } from "react";
import type { ModelsState } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Input } from "../ui/field.tsx";
import { useWork } from "./use-work.ts";
import { formatBytes, speedWords } from "./words.ts";

type Available = ModelsState["available"][number];

/** The catalogue: what can be downloaded, and whether it fits. */
export function AvailableList({ models }: { models: readonly Available[] }) {
  const [text, setText] = useState("");
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = models.filter(({ id, name, strengths, licence }) => {
    const all = [id, name, strengths, licence].join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  });
  return (
    <section aria-labelledby="available">
      <div className="flex flex-wrap items-center gap-3 pb-2">
        <h2 id="available" className="section-label flex-1">
          To download
        </h2>
        <Input
          type="search"
          aria-label="Search the catalogue"
          placeholder="Search"
          className="w-56"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <ul aria-label="Available models" className="divide-y divide-line border-y border-line-strong">
        {shown.map((model) => (
          <Row key={model.id} model={model} />
        ))}
      </ul>
      {shown.length === 0 && (
        <p className="py-3 text-sm text-ink-soft">The catalogue has nothing like that.</p>
      )}
    </section>
  );
}

function Row({ model }: { model: Available }) {
  const { models } = useApp();
  const { id, name, quantisation, licence, context, size_bytes, strengths, fit } = model;
  const work = useWork();
  const refused = fit.verdict === "too_large" || fit.verdict === "no_space";
  const facts = [
    quantisation,
    size_bytes === null ? null : formatBytes(size_bytes),
    licence,
    `${context.toLocaleString("en-US")} tokens of context`,
    speedWords(fit),
  ];
  const download = () =>
    work.run("The download did not begin.", async () => {
      const { state } = await models.add(id);
      return state === "installed" ? "It is here." : "It is being downloaded.";
    });
  return (
    <li aria-label={name} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className={cn("min-w-64 flex-1", refused && "opacity-60")}>
        <p className="font-semibold">{name}</p>
        <p className="text-sm">{strengths}</p>
        <p className="text-xs text-ink-soft">{facts.filter((fact) => fact !== null).join(", ")}</p>
        <p className={cn("text-xs", refused ? "font-semibold text-ink" : "text-ink-faint")}>{fit.reason}</p>
        <p role="status" className="text-sm text-ink-soft">
          {work.said}
        </p>
      </div>
      <Button size="sm" aria-label={`Download ${name}`} disabled={refused || work.busy} onClick={download}>
        Download
      </Button>
    </li>
  );
}
