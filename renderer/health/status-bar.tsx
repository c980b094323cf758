import type { EngineStatus, Level, LinkStatus, Status } from "../../electron/contract/index.ts";
import { level as levels } from "../../electron/contract/index.ts";
import { hashOf } from "../state/index.ts";
import { cn } from "../ui/cn.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { formatMoment, formatMs, kindWords, levelLooks } from "../words/index.ts";
import { Light, lightLooks } from "./light.tsx";

/** The level as a gauge of five steps with its name. */
function LevelGauge({ level }: { level: Level }) {
  const look = levelLooks[level];
  const steps = levels.options.length - levels.options.indexOf(level);
  return (
    <Tooltip text={look.text}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its explanation is reachable by keyboard */}
      <div tabIndex={0} className="flex items-center gap-2 rounded-sm">
        <span aria-hidden className="flex items-end gap-0.5">
          {levels.options.map((one, index) => (
            <span
              key={one}
              className={cn(
                "w-1.5",
                index < steps ? (steps < 3 ? "bg-caution" : "bg-accent") : "bg-line-strong/45",
              )}
              style={{ height: `${5 + index * 2}px` }}
            />
          ))}
        </span>
        <span className="text-ink-faint">Level</span>
        <span className="font-semibold">{look.label}</span>
      </div>
    </Tooltip>
  );
}

/** What the tooltip of a link says. */
function linkText(link: LinkStatus): string {
  const parts = [`${link.model}: ${lightLooks[link.light].label}.`];
  if (link.latency_ms !== null) parts.push(`First token after ${formatMs(link.latency_ms)}.`);
  if (link.last_failure !== null) {
    const { kind, at, message } = link.last_failure;
    parts.push(`Last failure ${formatMoment(at, new Date())}: ${kindWords[kind]}. ${message}`);
  }
  if (link.consecutive_failures > 1) parts.push(`${link.consecutive_failures} failures in a row.`);
  return parts.join(" ");
}

const engineWords: Record<EngineStatus["state"], string | null> = {
  stopped: null,
  starting: "engine starting",
  idle: null,
  loading: "engine loading",
  generating: "engine answering",
  crashed: "engine stopped unexpectedly; it starts again by itself",
};

function Engine({ engine }: { engine: EngineStatus }) {
  const words = engineWords[engine.state];
  if (words === null) return null;
  const name = engine.model === null ? null : (engine.model.split(/[\\/]/).at(-1) ?? engine.model);
  return (
    <span role="status" className={cn("truncate", engine.state === "crashed" ? "text-bad" : "text-ink-soft")}>
      {words}
      {engine.state === "loading" && name !== null && ` ${name}`}
      {engine.state === "generating" && engine.device !== null && ` on ${engine.device}`}
    </span>
  );
}

/** The instrument strip: the level, each link's light in the order of the chain, and the engine when it is at work. */
export function StatusBar({ status }: { status: Status | null }) {
  return (
    <footer className="flex min-h-9 flex-wrap items-center gap-x-5 gap-y-1 border-t border-line bg-panel px-4 py-1 text-xs">
      {status === null ? (
        <span className="text-ink-faint">Waiting for the status.</span>
      ) : (
        <>
          <LevelGauge level={status.level} />
          <ul
            aria-label="Links, in the order of the chain"
            className="flex flex-wrap items-center gap-x-4 gap-y-1"
          >
            {status.links.map((link) => (
              <li key={link.id}>
                <Tooltip text={linkText(link)}>
                  <a
                    href={hashOf({ page: "settings", section: "providers", link: link.id })}
                    className="flex items-center gap-1.5 rounded-sm hover:text-accent"
                  >
                    <Light light={link.light} />
                    <span>{link.id}</span>
                    {link.latency_ms !== null && (
                      <span className="reading text-ink-faint">{formatMs(link.latency_ms)}</span>
                    )}
                  </a>
                </Tooltip>
              </li>
            ))}
          </ul>
          <Engine engine={status.engine} />
          <span className="reading ml-auto text-ink-faint">{status.version}</span>
        </>
      )}
    </footer>
  );
}
