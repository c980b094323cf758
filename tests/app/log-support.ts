import type { Log } from "../../electron/app/index.ts";

/** A line as the app meant it, before any host's last door. */
export type Line = Record<string, unknown> & { severity: string; text: string };

/** A log that keeps its lines. */
export function keptLog(): { log: Log; lines: Line[]; of(event: string): Line[] } {
  const lines: Line[] = [];
  const at = (severity: string) => (fields: object, text: string) =>
    void lines.push({ ...structuredClone(fields), severity, text });
  const log: Log = {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    hide: () => {},
  };
  return { log, lines, of: (event) => lines.filter((line) => line.event === event) };
}
