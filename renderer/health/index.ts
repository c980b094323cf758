/** The state of the chain and its links, as instruments. */
export { BudgetDetails } from "./budget.tsx";
export { LinkState } from "./link-words.tsx";
export { StatusBar } from "./status-bar.tsx";
export { StatusModel } from "./status-model.ts";
export { Warnings } from "./warnings.tsx";
