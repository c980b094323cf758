import { WifiOff } from "lucide-react";
import type { EngineStatus, Level, LinkStatus, Status } from "../../electron/contract/index.ts";
import { hashOf } from "../state/index.ts";
import { cn } from "../ui/cn.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { formatMoment, formatMs, kindWords, offlineWords } from "../words/index.ts";
import { Budget } from "./budget.tsx";
import { LevelControl } from "./level-control.tsx";
import { Light, lightLooks } from "./light.tsx";
import { LinkWords } from "./link-words.tsx";

/** What the tooltip of a link says. */
function linkText(link: LinkStatus): string {
  const parts = [`${link.model}: ${lightLooks[link.light].label}.`];
  if (link.latency_ms !== null) {
    const when = link.light === "failing" ? "When it answered last, its" : "Its";
    parts.push(`${when} first token came after ${formatMs(link.latency_ms)}.`);
  }
  if (link.last_failure !== null) {
    const { kind, at, message } = link.last_failure;
    parts.push(`Last failure ${formatMoment(at, new Date())}: ${kindWords[kind]}. ${message}`);
  }
  if (link.consecutive_failures > 1) parts.push(`${link.consecutive_failures} failures in a row.`);
  const { state, opens_until } = link.circuit;
  if (state === "open") {
    const until = opens_until === null ? "for now" : `until ${formatMoment(opens_until, new Date())}`;
    parts.push(`Its breaker is open: it is not asked ${until}.`);
  }
  if (state === "half_open") parts.push("Its breaker lets a few trials through.");
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

function LinkLight({ link }: { link: LinkStatus }) {
  return (
    <Tooltip text={linkText(link)}>
      <a
        href={hashOf({ page: "settings", section: "providers", link: link.id })}
        className="flex items-center gap-1.5 rounded-sm hover:text-accent"
      >
        <Light light={link.light} />
        <span>{link.id}</span>
        <LinkWords link={link} />
      </a>
    </Tooltip>
  );
}

function Offline({ reason }: { reason: NonNullable<Status["offline"]> }) {
  const { label, text } = offlineWords[reason];
  return (
    <Tooltip text={text}>
      <span
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its explanation is reachable by keyboard
        tabIndex={0}
        role="status"
        className="flex items-center gap-1.5 rounded-sm font-semibold text-bad"
      >
        <WifiOff aria-hidden className="size-3.5" />
        {label}
      </span>
    </Tooltip>
  );
}

interface StatusBarProps {
  status: Status | null;
  onLevel: (level: Level) => void;
}

/** The instrument strip: the level, each link's light in the order of the chain, and what else bears on the next answer. */
export function StatusBar({ status, onLevel }: StatusBarProps) {
  return (
    <footer className="flex min-h-9 flex-wrap items-center gap-x-5 gap-y-1 border-t border-line bg-panel px-4 py-1 text-xs">
      {status === null ? (
        <span className="text-ink-faint">Waiting for the status.</span>
      ) : (
        <>
          <LevelControl level={status.level} ceiling={status.ceiling} onSet={onLevel} />
          {status.offline !== null && <Offline reason={status.offline} />}
          <ul
            aria-label="Links, in the order of the chain"
            className="flex flex-wrap items-center gap-x-4 gap-y-1"
          >
            {status.links.map((link) => (
              <li key={link.id}>
                <LinkLight link={link} />
              </li>
            ))}
          </ul>
          <Budget budget={status.budget} />
          <Engine engine={status.engine} />
          <span className="reading ml-auto text-ink-faint">{status.version}</span>
        </>
      )}
    </footer>
  );
}
