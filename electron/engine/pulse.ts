import { readdirSync, readFileSync } from "node:fs";
import type { ChildStatus } from "./contract.ts";

/** What the engine's process says of itself when it is asked how it does. */
export interface Pulse {
  state: ChildStatus["state"];
  /** Milliseconds of processor time since its start. */
  cpuMs: number;
  /** Milliseconds that its threads have waited for a processor; 0 where the system does not tell (only Linux does). */
  waitedMs: number;
  /** Reads from disk and page faults that needed one, since its start: a slow load makes these while it waits. */
  reads: number;
  /** Memory in use, bytes, with the pages of the model's file that are mapped. */
  rssBytes: number;
}

/** This process's own pulse. */
export function ownPulse(state: Pulse["state"]): Pulse {
  const { userCPUTime, systemCPUTime, majorPageFault, fsRead } = process.resourceUsage();
  return {
    state,
    cpuMs: (userCPUTime + systemCPUTime) / 1_000,
    waitedMs: waitedMs(),
    reads: majorPageFault + fsRead,
    rssBytes: process.memoryUsage.rss(),
  };
}

/** The second number of /proc/PID/task/TID/schedstat is nanoseconds on the run queue: sched-stats.rst of the kernel's documentation. */
function waitedMs(): number {
  try {
    const waits = readdirSync("/proc/self/task").map((thread) =>
      Number(readFileSync(`/proc/self/task/${thread}/schedstat`, "utf8").split(" ")[1]),
    );
    return waits.reduce((sum, ns) => sum + ns, 0) / 1e6;
  } catch {
    return 0; // another system, or a thread that ended meanwhile
  }
}

/** What the system says of a process that does not answer. */
export interface Sight {
  /** Whether it was stopped, by SIGSTOP or a debugger. */
  stopped: boolean;
  /** Whether its main thread computes or waits for a processor, which it may not get on a busy machine. */
  runnable: boolean;
  cpuMs: number;
  rssBytes: number;
}

const tickMs = 10; // USER_HZ is 100 on every Linux that Node runs on
const pageBytes = 4_096;

/** Looks at another process from outside; null where the system does not show it so cheaply (only Linux does). */
export function sightOf(pid: number | undefined): Sight | null {
  if (pid === undefined || process.platform !== "linux") return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // the name in brackets may hold blanks and brackets itself: proc_pid_stat(5)
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, user, system, pages] = [fields[0], fields[11], fields[12], fields[21]];
    return {
      stopped: state === "T" || state === "t",
      runnable: state === "R",
      cpuMs: (Number(user) + Number(system)) * tickMs,
      rssBytes: Number(pages) * pageBytes,
    };
  } catch {
    return null;
  }
}

/** How many processes Linux has killed for want of memory since it started; null where nobody can tell. */
export function outOfMemoryKills(): number | null {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "utf8"))?.[1];
    return count === undefined ? null : Number(count);
  } catch {
    return null;
  }
}
