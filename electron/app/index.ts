/** The composition root: builds all the parts from a config, and nothing else builds. */
export { createApp } from "./app.ts";
export { writeReport } from "./drill-reports.ts";
export type { App, AppOptions } from "./for-hosts.ts";
export type { Log, LogFields } from "./log.ts";
export type { AppRouter } from "./router.ts";
