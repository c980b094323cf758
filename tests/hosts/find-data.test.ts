import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { logConfigError } from "../../electron/hosts/find-data.ts";
import { ConfigError } from "../../electron/store/index.ts";
import { temporaryFolder } from "./support/program.ts";

test("a data folder that can't be made does not hide what is wrong with the config", async () => {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  const file = join(folder.path, "file");
  writeFileSync(file, "");
  vi.stubEnv("HOLDFAST_DATA_DIR", join(file, "data"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const openLog = vi.fn();
  await logConfigError(new ConfigError("holdfast.yaml", [], "wrong"), openLog);
  expect(openLog).not.toHaveBeenCalled();
});
