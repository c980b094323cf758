/** Rehearsed failures: faults injected inside the providers' border, what must hold under them, and what came of it. */
export type { AlertsSeen } from "./findings.ts";
export { Injector, type InjectorParts } from "./injector.ts";
export { unknownLinks } from "./links.ts";
export { type Rehearsed, without } from "./mechanisms.ts";
export type { Sample, Series } from "./metrics-text.ts";
export { seeded } from "./random.ts";
export { reachable } from "./reach.ts";
export { type Outcome, Rehearsal, type RehearsalParts } from "./rehearsal.ts";
export { reportHtml } from "./report-html.ts";
export { standInProvider } from "./stand-in.ts";
export { expectationText, faultText } from "./words.ts";
