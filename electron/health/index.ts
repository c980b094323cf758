/** Who may be tried now, and how each link has done. */
export { LinkHealth } from "./link-health.ts";
