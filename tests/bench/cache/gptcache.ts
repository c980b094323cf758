import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const version = "0.1.44";

/** A Python with GPTCache in an environment of its own under `folder`, made at the first use; null where it can't be had. */
function pythonWithGptCache(folder: string): string | null {
  const environment = join(folder, `gptcache-${version}`);
  const python = join(environment, "bin/python");
  try {
    if (!existsSync(join(environment, "ready"))) {
      execFileSync("python3", ["-m", "venv", environment], { stdio: "pipe" });
      execFileSync(python, ["-m", "pip", "install", "--quiet", `gptcache==${version}`], { stdio: "pipe" });
      execFileSync(python, ["-c", `open(${JSON.stringify(join(environment, "ready"))}, "w").close()`]);
    }
    return python;
  } catch (error) {
    console.error(
      `\n!!! GPTCache is LEFT OUT: ${error instanceof Error ? error.message.split("\n")[0] : error}\n` +
        "!!! Its rows need python3 with venv, and PyPI once.\n",
    );
    return null;
  }
}

/** Which of the pairs with these cosines GPTCache serves as it comes; null where there is no Python. */
export function servedByGptCache(folder: string, cosines: readonly number[]): boolean[] | null {
  const python = pythonWithGptCache(folder);
  if (python === null) return null;
  const script = resolve(import.meta.dirname, "gptcache_serves.py");
  const options = { input: JSON.stringify(cosines), encoding: "utf8", maxBuffer: 1 << 26 } as const;
  return JSON.parse(execFileSync(python, [script], options)) as boolean[];
}
