/** A line of the log while a drill runs: an event, and fields that say more of it. `at_ms` counts from the drill's start. */
export interface DrillLine {
  event: string;
  at_ms: number;
  [field: string]: string | number | boolean | null;
}
