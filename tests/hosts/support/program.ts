import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const built = resolve(import.meta.dirname, "../../../out/main");

/** A built program of ours, such as `browser.js`. */
export function builtProgram(name: string): string {
  const path = join(built, name);
  if (!existsSync(path)) throw new Error(`${path} is missing. Run: npm run build`);
  return path;
}

/** This process's environment without keys and settings of whoever runs the tests. */
export function cleanEnv(changes: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^HOLDFAST_|_API_KEY$|^NODE_OPTIONS$|^VITEST|^FORCE_COLOR$|^NO_COLOR$|^CI$/.test(name),
  );
  return { ...Object.fromEntries(kept), ...changes };
}

/** A folder for one test, removed when disposed. */
export function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "holdfast-host-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}
