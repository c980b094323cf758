import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the parts of the program lie on this machine, all absolute; a host finds them and hands them to the app. */
export interface ProgramPaths {
  /** Models, catalogue and other data that ship with the program. */
  resources: string;
  /** The built page: the folder of `index.html`. */
  renderer: string;
  /** The module that the engine process runs. */
  engineEntry: string;
  /** The bridge that Electron loads into the page. */
  preload: string;
}

/**
 * The paths, found from a host's own `import.meta.url`: `out/main/<host>.js` when built, `electron/hosts/<host>.ts`
 * when run from source; both lie two folders below the program's root.
 */
export function programPaths(hostUrl: string): ProgramPaths {
  const host = fileURLToPath(hostUrl);
  const root = resolve(dirname(host), "../..");
  const fromSource = host.endsWith(".ts");
  return {
    resources: join(root, "resources"),
    renderer: join(root, "out/renderer"),
    engineEntry: join(root, fromSource ? "electron/engine/child.ts" : "out/main/engine.js"),
    preload: join(root, "out/preload/index.cjs"),
  };
}

/** The version in the program's `package.json`. */
export function versionOf({ resources }: ProgramPaths): string {
  return JSON.parse(readFileSync(join(resources, "../package.json"), "utf8")).version;
}
