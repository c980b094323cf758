/** The composition root: builds all the parts from a config, and nothing else builds. */
export { type App, type AppOptions, createApp } from "./app.ts";
export type { AppRouter } from "./router.ts";
