/** Drills: rehearsed failures, the one that runs, and what came of those that ran. */
export { DrillBanner } from "./drill-banner.tsx";
export { DrillsModel } from "./drills-model.ts";
export { DrillsPage } from "./drills-page.tsx";
