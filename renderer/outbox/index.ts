/** Questions that wait for a better tier, and the better answers that have come. */
export { Comparison } from "./comparison.tsx";
export { OutboxModel } from "./outbox-model.ts";
export { OutboxPage } from "./outbox-page.tsx";
