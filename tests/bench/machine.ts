import { cpus, loadavg, release, totalmem, type } from "node:os";

/** The machine that the figures are of, in a line. No name of it and no path. */
export function machine(): string {
  const cores = cpus();
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
  const model = cores[0]?.model.trim() ?? "unknown processor";
  return `${cores.length} cores of ${model}, ${memory}, ${type()} ${release().split("-")[0]}, Node ${process.version}`;
}

/** How busy the machine was with this and all else: the mean number of running programs of the last 15 minutes. */
export const load = (): string => (loadavg()[2] ?? 0).toFixed(1);
