/** Whether an answer is good: requirements, mirroring, and the lab. */
export { type CheckTools, requirementOf } from "./checks.ts";
export { demandsOf, type StandingDemands } from "./demands.ts";
export { JsonSchemas } from "./json-schema.ts";
export type { Ask } from "./judge.ts";
export { ballotOf, blindOrder } from "./lab/ballot.ts";
export { LabFileError, parseLabFile } from "./lab/file.ts";
export { resultsOf } from "./lab/results.ts";
export { mayAsk, runLab } from "./lab/run.ts";
export { Mirror, type MirrorParts } from "./mirror.ts";
