/** The typed contract between the page, the main process and the world outside. Imports nothing of ours. */
export * from "./api.ts";
export * from "./cache.ts";
export * from "./chat.ts";
export * from "./config.ts";
export * from "./conversation.ts";
export * from "./gateway.ts";
export * from "./lab.ts";
export * from "./message.ts";
export * from "./models.ts";
export { nearest } from "./nearest.ts";
export * from "./outbox.ts";
export * from "./presets.ts";
export { keyPathOf, problemWords, schemaAt, shapeOf } from "./problem.ts";
export * from "./receipt.ts";
export * from "./requirement.ts";
export * from "./settings.ts";
export * from "./status.ts";
export * from "./words.ts";
