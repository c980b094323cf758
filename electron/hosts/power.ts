import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether this machine runs on battery, as Linux tells it: a battery of its own discharges, and no power comes in. False
 * where nobody can tell, as on other systems.
 * https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-class-power
 */
export function runsOnBattery(supplies = "/sys/class/power_supply"): boolean {
  const read = (supply: string, what: string): string | null => {
    try {
      return readFileSync(join(supplies, supply, what), "utf8").trim();
    } catch {
      return null; // not every supply tells everything
    }
  };
  const names = namesIn(supplies);
  const isPlugged = names.some((name) => read(name, "type") !== "Battery" && read(name, "online") === "1");
  if (isPlugged) return false;
  // Mice and headsets have batteries too, of the scope "Device".
  return names.some(
    (name) =>
      read(name, "type") === "Battery" &&
      read(name, "scope") !== "Device" &&
      read(name, "status") === "Discharging",
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
