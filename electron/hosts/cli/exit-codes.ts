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
