/** The process around node-llama-cpp, and its client. The process's own entry is `child.ts`. */
export * from "./client.ts";
export type {
  EmbedRequest,
  EngineEvent,
  EngineInfo,
  GenerateRequest,
  InspectRequest,
  ModelFacts,
  ModelInfo,
  ModelRequest,
} from "./contract.ts";
export { EngineFailure } from "./failure.ts";
export * from "./fork.ts";
export type * from "./process.ts";
export * from "./utility.ts";
