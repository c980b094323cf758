import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { switchOff, variable } from "./switch-off.ts";

const what = process.env[variable];

/** All tests, with one mechanism switched off where `HOLDFAST_SWITCH_OFF` names one. */
export default defineConfig({
  plugins: what ? [switchOff(JSON.parse(what))] : [],
  test: {
    root: resolve(import.meta.dirname, "../.."),
    include: ["tests/**/*.test.{ts,tsx}"],
    pool: "forks",
    // Vitest knows a module that it has read before by its text on the disk, which a switch does not change.
    fsModuleCache: false,
    maxWorkers: 2,
    // A switch can leave a test waiting for what never comes; with fake time it is over at once.
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
