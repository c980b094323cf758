import { type Level, level } from "../contract/index.ts";

/** What moves the level. Feed it what was free to use the current level: a local-only request shows nothing of the cloud. */
export type LevelObservation =
  /** A request was answered at this level: that of the link, `cached` from the cache, `offline` by no one. */
  | { type: "answered"; level: Level }
  /** An attempt or a probe of a link ended. `level` is the link's. */
  | { type: "link_ok"; link: string; level: Level }
  | { type: "link_failed"; link: string }
  /** The person set the level: a ceiling. It also forgets what was held against the levels below it. */
  | { type: "set"; level: Level }
  /** Time has passed. */
  | { type: "tick" };

export interface LevelSettings {
  /** The best level that a link of the chain has: there is nothing to miss above it. */
  best: Level;
  /** Requests in a row that must be answered below the level before it goes down. */
  downAfter: number;
  /** Successes in a row of one better link that raise it. */
  upAfter: number;
  /** How long it stays after it went down, whatever succeeds. */
  stayMs: number;
  /** After this long at a lowered level the best one is tried, for setups without probes. Doubles each time in vain. */
  trialMs: number;
  longestTrialMs: number;
}

export const levelDefaults: LevelSettings = {
  best: "full",
  downAfter: 2,
  upAfter: 2,
  stayMs: 10_000,
  trialMs: 60_000,
  longestTrialMs: 15 * 60_000,
};

/** The level and what is held for and against it. A plain value: every observation makes a new one. */
export interface LevelState {
  /** Set by hand. */
  ceiling: Level;
  /** Where the chain stands by itself. */
  automatic: Level;
  /** Requests in a row that were answered below the level, and the best level that answered one of them. */
  misses: number;
  answeredAt: Level;
  /** Successes in a row of links above the level. */
  successes: Readonly<Record<string, number>>;
  /** When `automatic` last changed, in the milliseconds of the caller's monotonic clock. */
  since: number;
  trial: { waitMs: number; isOn: boolean };
}

const rank = (of: Level): number => level.options.indexOf(of);
const worse = (a: Level, b: Level): Level => (rank(a) > rank(b) ? a : b);
const better = (a: Level, b: Level): Level => (rank(a) < rank(b) ? a : b);

/** Where everything works. `now` is of the caller's monotonic clock. */
export function initialLevel(now: number, settings: LevelSettings = levelDefaults): LevelState {
  return at("full", { ceiling: "full", trial: { waitMs: settings.trialMs, isOn: false } }, now);
}

/** How much works now: a level set by hand is a ceiling, and the chain may go below it, never above. */
export function levelOf({ ceiling, automatic }: LevelState): Level {
  return worse(ceiling, automatic);
}

/** The state after an observation (seed 001's automatic degradation, with a way back). */
export function observeLevel(
  before: LevelState,
  observation: LevelObservation,
  now: number,
  settings: LevelSettings = levelDefaults,
): LevelState {
  const state = tried(before, now, settings);
  switch (observation.type) {
    case "answered":
      return answered(state, observation.level, now, settings);
    case "link_ok":
      return succeeded(state, observation, now, settings);
    case "link_failed":
      return { ...state, successes: without(state.successes, observation.link) };
    case "set":
      return at(
        observation.level,
        { ceiling: observation.level, trial: { waitMs: settings.trialMs, isOn: false } },
        now,
      );
    case "tick":
      return state;
    default:
      return observation satisfies never;
  }
}

/**
 * Raised after long enough below, in case nothing else shows that more would work: as far as it can be, since who answers
 * then says how far it really goes.
 */
function tried(state: LevelState, now: number, { best }: LevelSettings): LevelState {
  const highest = worse(best, state.ceiling);
  if (rank(state.automatic) <= rank(highest) || now - state.since < state.trial.waitMs) return state;
  return at(highest, { ceiling: state.ceiling, trial: { ...state.trial, isOn: true } }, now);
}

function answered(state: LevelState, by: Level, now: number, settings: LevelSettings): LevelState {
  const expected = worse(levelOf(state), settings.best);
  if (rank(by) <= rank(expected)) {
    const trial = state.trial.isOn ? { waitMs: settings.trialMs, isOn: false } : state.trial;
    return { ...state, misses: 0, trial };
  }
  const misses = state.misses + 1;
  const answeredAt = state.misses === 0 ? by : better(state.answeredAt, by);
  // A trial is over at its first miss: the level was known to be bad.
  if (!state.trial.isOn && misses < settings.downAfter) return { ...state, misses, answeredAt };
  const waitMs = state.trial.isOn
    ? Math.min(state.trial.waitMs * 2, settings.longestTrialMs)
    : settings.trialMs;
  return at(answeredAt, { ceiling: state.ceiling, trial: { waitMs, isOn: false } }, now);
}

function succeeded(
  state: LevelState,
  { link, level: of }: { link: string; level: Level },
  now: number,
  settings: LevelSettings,
): LevelState {
  if (rank(of) >= rank(state.automatic)) return state;
  const count = Math.min((state.successes[link] ?? 0) + 1, settings.upAfter);
  const isRaised = count >= settings.upAfter && now - state.since >= settings.stayMs;
  return isRaised
    ? at(of, { ceiling: state.ceiling, trial: { waitMs: settings.trialMs, isOn: false } }, now)
    : { ...state, successes: { ...state.successes, [link]: count } };
}

/** At a level, with nothing held for or against it yet. */
function at(automatic: Level, kept: Pick<LevelState, "ceiling" | "trial">, now: number): LevelState {
  return { ...kept, automatic, misses: 0, answeredAt: automatic, successes: {}, since: now };
}

function without(successes: LevelState["successes"], link: string): LevelState["successes"] {
  if (!(link in successes)) return successes;
  const { [link]: _, ...rest } = successes;
  return rest;
}
