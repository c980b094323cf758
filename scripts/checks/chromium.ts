import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge"];

/** Where installers put Chromium's family outside the PATH. */
function installedPlaces(env: NodeJS.ProcessEnv): string[] {
  const windowsRoots = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].filter(
    (root) => root !== undefined,
  );
  return [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ...windowsRoots.flatMap((root) => [
      join(root, "Google/Chrome/Application/chrome.exe"),
      join(root, "Microsoft/Edge/Application/msedge.exe"),
    ]),
  ];
}

/** The path of a browser of Chromium's family, or null; HOLDFAST_CHROMIUM names one outright. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | null {
  const named = env.HOLDFAST_CHROMIUM;
  if (named) return existsSync(named) ? named : null;
  const onPath = (env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...installedPlaces(env)].find((path) => existsSync(path)) ?? null;
}
