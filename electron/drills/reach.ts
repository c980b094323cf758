import type { Link } from "../chain/index.ts";
import type { DrillFault } from "../contract/index.ts";
import { linksNamed } from "./links.ts";

/** Whether a fault keeps every attempt that it hits from the real provider. */
function spares(fault: DrillFault): boolean {
  switch (fault.fault) {
    case "block":
    case "status":
    case "refuse":
      return true;
    case "stall":
      return fault.after === 0;
    case "delay":
    case "cut":
    case "lower_quality":
    case "kill_engine":
      return false;
    default:
      return fault satisfies never;
  }
}

/** The links that a drill's requests may reach: all but those that a fault shuts off from beginning to end. */
export function reachable(faults: readonly DrillFault[], links: readonly Link[]): Link[] {
  const isAlways = ({ from = "0s", for: lasts, share = 1 }: DrillFault) =>
    Number.parseFloat(from) === 0 && lasts === undefined && share === 1;
  const shut = new Set(
    faults
      .filter((fault) => spares(fault) && isAlways(fault))
      .flatMap((fault) => linksNamed(fault.links, links)),
  );
  return links.filter((link) => !shut.has(link));
}
