import type { EngineStatus, ModelsState } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { useWork } from "./use-work.ts";
import { formatBytes } from "./words.ts";

const engineStates: Record<EngineStatus["state"], string> = {
  stopped: "not started",
  starting: "starting",
  idle: "ready",
  loading: "loading the model",
  generating: "answering",
  crashed: "stopped unexpectedly; it starts again by itself",
};

/** This machine: what its memory holds, the engine, and its benchmark. */
export function Machine({ state: { machine, installed } }: { state: ModelsState }) {
  const { models, status } = useApp();
  const engine = useStore(status.store, (now) => now?.engine ?? null);
  const work = useWork();
  const loaded = installed.find(({ path }) => path.split(/[\\/]/).at(-1) === engine?.model);
  const bench = () =>
    work.run("The machine could not be measured.", async () => {
      const result = await models.calls.benchmark({ id: null });
      return `${result.model} answered with ${result.tokens_per_second.toFixed(1)} tokens a second.`;
    });
  return (
    <section aria-labelledby="this-machine" className="flex flex-col gap-3">
      <h2 id="this-machine" className="section-label">
        This machine
      </h2>
      <MemoryBar
        total={machine.memory_bytes}
        free={machine.free_memory_bytes}
        model={loaded?.size_bytes ?? 0}
        context={Math.max(0, (loaded?.fit.memory_bytes ?? 0) - (loaded?.size_bytes ?? 0))}
      />
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-sm">
        <dt className="text-ink-faint">Engine</dt>
        <dd>{engine === null ? "–" : engineStates[engine.state]}</dd>
        <dt className="text-ink-faint">Loaded</dt>
        <dd className="wrap-anywhere">{loaded?.name ?? engine?.model ?? "no model"}</dd>
        <dt className="text-ink-faint">Runs on</dt>
        <dd>
          {engine?.device ?? machine.device ?? "not known before the first answer"}
          {machine.vram_bytes !== null && `, ${formatBytes(machine.vram_bytes)} of memory of its own`}
        </dd>
        <dt className="text-ink-faint">Speed</dt>
        <dd>
          {machine.weights_bytes_per_second === null
            ? "not measured; the benchmark tells how fast other models will be"
            : `reads ${formatBytes(machine.weights_bytes_per_second)} of a model a second`}
        </dd>
        <dt className="text-ink-faint">Disk</dt>
        <dd className="wrap-anywhere">
          {formatBytes(machine.free_disk_bytes)} free for {machine.folder}
        </dd>
      </dl>
      <div className="flex flex-wrap items-center gap-3">
        <Button size="sm" disabled={work.busy} onClick={bench}>
          {work.busy ? "Measuring" : "Measure this machine"}
        </Button>
        <p role="status" className="text-sm text-ink-soft">
          {work.busy ? "This takes a minute at most." : work.said}
        </p>
      </div>
    </section>
  );
}

interface MemoryBarProps {
  total: number;
  free: number;
  model: number;
  context: number;
}

/** The machine's memory: the loaded model, its context, everything else, and what is free. */
function MemoryBar({ total, free, model, context }: MemoryBarProps) {
  const others = Math.max(0, total - free - model - context);
  const parts = [
    { name: "Model", bytes: model, className: "fill-accent", dot: "bg-accent" },
    { name: "Context", bytes: context, className: "fill-tier-cache", dot: "bg-tier-cache" },
    { name: "Everything else", bytes: others, className: "fill-line-strong", dot: "bg-line-strong" },
    {
      name: "Free",
      bytes: Math.max(0, total - others - model - context),
      className: "fill-panel",
      dot: "bg-panel",
    },
  ];
  const shares = parts.map(({ bytes }) => (total === 0 ? 0 : (bytes * 100) / total));
  return (
    <div>
      <svg
        role="img"
        aria-label={`Memory: ${parts.map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`).join(", ")}`}
        viewBox="0 0 100 4"
        preserveAspectRatio="none"
        className="h-4 w-full rounded-sm border border-line-strong"
      >
        {parts.map(({ name, className }, index) => (
          <rect
            key={name}
            className={className}
            height={4}
            width={shares[index] ?? 0}
            x={shares.slice(0, index).reduce((sum, share) => sum + share, 0)}
          />
        ))}
      </svg>
      <ul className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-soft">
        {parts.map(({ name, bytes, dot }) => (
          <li key={name} className="flex items-center gap-1.5">
            <span aria-hidden className={`size-2.5 rounded-sm border border-line-strong ${dot}`} />
            {name} <span className="reading">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
