import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const alias = { "@": fileURLToPath(new URL("renderer", import.meta.url)) };
/** Tests that start programs of ours, and so run on real processes, ports and time. */
const withProcesses = ["tests/{app,chaos,engine,hosts,scripts}/**/*.test.ts"];
/** Other people's clients, some of them in Python, against the gateway of a whole app. */
const withClients = ["tests/clients/**/*.test.ts"];
const inWindow = ["tests/e2e/electron.spec.ts"];
const inBrowser = ["tests/e2e/**/*.{test,spec}.ts"];
/** A browser and the whole app share the machine with nothing else. */
const oneAtATime = { pool: "forks", maxWorkers: 1, testTimeout: 60_000, hookTimeout: 120_000 } as const;

// Two workers fit the smallest machine that we build on; groups run one after another, the dearest last.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["tests/**/*.test.{ts,tsx}"],
          exclude: [...withProcesses, ...withClients, ...inBrowser],
          // No test asserts a time by its limit; a busy machine must not fail one.
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: withProcesses,
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "clients",
          include: withClients,
          pool: "forks",
          testTimeout: 60_000,
          // The first run fetches the Python clients.
          hookTimeout: 600_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "e2e",
          include: inBrowser,
          exclude: inWindow,
          ...oneAtATime,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: "desktop",
          include: inWindow,
          ...oneAtATime,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
