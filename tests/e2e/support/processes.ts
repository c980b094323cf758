import { execFileSync } from "node:child_process";

const list: Record<"posix" | "windows", () => string> = {
  posix: () => execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }),
  windows: () =>
    execFileSync(
      "powershell",
      ["-Command", 'Get-CimInstance Win32_Process | % { "$($_.ProcessId) $($_.ParentProcessId)" }'],
      { encoding: "utf8" },
    ),
};

/** The processes that a process has started and that still run. */
export function childrenOf(parent: number): number[] {
  const lines = list[process.platform === "win32" ? "windows" : "posix"]().trim().split(/\r?\n/);
  return lines
    .map((line) => line.trim().split(/\s+/).map(Number) as [pid: number, parent: number])
    .filter(([, of]) => of === parent)
    .map(([pid]) => pid);
}
