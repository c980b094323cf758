/** What the command line's exit status means; documented in `holdfast --help`. */
export const exitCode = {
  answered: 0,
  /** Something unforeseen. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
  /** Answered, but not by the requested tier; only with `--strict`. */
  degraded: 10,
  /** Nothing could answer. */
  unanswered: 20,
  /** The config file can't be used. */
  config: 78,
  /** The person pressed Ctrl+C. */
  interrupted: 130,
} as const;

/** The same for people: the help's end, and the manual page. */
export const exitMeanings: readonly (readonly [status: number, meaning: string])[] = [
  [
    exitCode.answered,
    "Answered; for serve, stopped as asked; for doctor and health, at least one link works.",
  ],
  [exitCode.failed, "Something unforeseen, a port that is taken, or a drill that failed."],
  [exitCode.usage, "The command was not understood."],
  [exitCode.degraded, "With ask --strict: answered by a lower tier than the first."],
  [exitCode.unanswered, "Nothing could answer."],
  [exitCode.config, "The config can't be used."],
  [exitCode.interrupted, "Stopped with Ctrl+C."],
];

/** Variables of the environment that count, for the manual page. */
export const variableMeanings: readonly (readonly [name: string, meaning: string])[] = [
  ["HOLDFAST_CONFIG", "The config file, unless --config names one."],
  ["HOLDFAST_DATA_DIR", "Where conversations, models and the log are kept."],
  ["HOLDFAST_TOKEN", "The token that clients of serve must send."],
  ["HOLDFAST_LOG", "What the log tells: trace, debug, info, warn, error or silent."],
  ["OPENAI_API_KEY, ANTHROPIC_API_KEY", "Keys, and whatever api_key_env of a link names."],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "The OpenTelemetry collector that traces and metrics are sent to."],
  ["NO_COLOR", "No colours."],
];
