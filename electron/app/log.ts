/** What a log line holds besides its text: plain data, chosen by name. Nothing is copied whole from a request or an answer. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where lines for the operator go. A host makes it; it never throws. */
export interface Log {
  debug(fields: LogFields, text: string): void;
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string): void;
  /** From now on no line has this value in it. */
  hide(secret: string): void;
}

const nothing = (): void => {};

/** For hosts that keep no log. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, hide: nothing };
