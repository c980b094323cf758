/** The product: plan, attempt, recover, receipt. Pure: no Electron, no HTTP, no disk; clock and random are passed in. */
export * from "./clock.ts";
export * from "./provider.ts";
