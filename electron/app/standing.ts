import type { EngineStatus, Level, LinkStatus, Status } from "../contract/index.ts";
import type { LogFields } from "./log.ts";
import type { StatusParts } from "./status.ts";

/** How things stand, as far as a change of it is told to the operator. */
export interface StandingNow {
  level: Level;
  offline: Status["offline"];
  circuits: readonly { link: string; circuit: LinkStatus["circuit"] }[];
  engine: EngineStatus;
  warnings: readonly string[];
}

/** How things stand now. */
export function standingOf({
  levels,
  health,
  settings,
  engine,
  warnings,
}: Pick<StatusParts, "levels" | "health" | "settings" | "engine" | "warnings">): StandingNow {
  return {
    level: levels.level,
    offline: health.offline,
    circuits: settings.links.map(({ id }) => ({ link: id, circuit: health.statusOf(id).circuit })),
    engine: engine.status,
    warnings,
  };
}

/** Something that stands otherwise than before: fields for the log, how grave it is, and a sentence. */
export type StandingChange = LogFields & {
  event: "breaker" | "connectivity" | "engine" | "level" | "warning";
  severity: "info" | "warn";
  text: string;
};

/** Compares how things stand with how they stood, and tells each difference once. */
export class Standing {
  readonly #read: () => StandingNow;
  readonly #tell: (change: StandingChange) => void;
  #before: StandingNow | null = null;
  #isDue = false;

  constructor(read: () => StandingNow, tell: (change: StandingChange) => void) {
    this.#read = read;
    this.#tell = tell;
  }

  /** Something may have changed. Looks at once after what is being done now: a change may be told in the middle of a reading. */
  changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.look();
    });
  }

  /** Looks now. The first look tells of nothing but warnings. */
  look(): void {
    const now = this.#read();
    const before = this.#before ?? { ...now, warnings: [] };
    this.#before = { ...now, warnings: [...now.warnings] };
    for (const change of differences(before, now)) this.#tell(change);
  }
}

function* differences(before: StandingNow, now: StandingNow): Generator<StandingChange> {
  for (const { link, circuit } of now.circuits) {
    const was = before.circuits.find((one) => one.link === link)?.circuit.state ?? "closed";
    if (was !== circuit.state) yield breakerChange(link, was, circuit);
  }
  if (before.offline !== now.offline) {
    const severity = now.offline === null ? "info" : "warn";
    const text =
      now.offline === null
        ? "Links beyond this machine can be reached again."
        : "Links beyond this machine can't be reached, and are passed over.";
    yield { event: "connectivity", severity, text, offline: now.offline };
  }
  yield* engineChanges(before.engine, now.engine);
  if (before.level !== now.level) {
    const text = `The level is now ${now.level}.`;
    yield { event: "level", severity: "info", text, from: before.level, to: now.level };
  }
  for (const text of now.warnings.slice(before.warnings.length)) {
    yield { event: "warning", severity: "warn", text };
  }
}

function breakerChange(link: string, from: string, circuit: LinkStatus["circuit"]): StandingChange {
  const { state: to, failure_count, opens_until } = circuit;
  return {
    event: "breaker",
    severity: to === "open" ? "warn" : "info",
    text: `The breaker of ${link} is now ${to}.`,
    link,
    from,
    to,
    failure_count,
    opens_until,
  };
}

function* engineChanges(before: EngineStatus, now: EngineStatus): Generator<StandingChange> {
  const fields = { event: "engine", restarts: now.restarts, model: now.model ?? before.model } as const;
  if (now.state === "crashed" && before.state !== "crashed") {
    yield { ...fields, severity: "warn", state: "crashed", text: "The engine's process ended by itself." };
  }
  if (now.restarts > before.restarts) {
    yield { ...fields, severity: "warn", state: "restarted", text: "The engine was started again." };
  }
  const known = new Set(before.set_aside.map(({ path }) => path));
  for (const { name, kind, crashes } of now.set_aside.filter(({ path }) => !known.has(path))) {
    const text = `The model ${name} is set aside: the engine ended with it again and again.`;
    yield { ...fields, severity: "warn", state: "set_aside", model: name, kind, crashes, text };
  }
}
