/** The state of the chain and its links, as instruments. */
export { Light, lightLooks } from "./light.tsx";
export { StatusBar } from "./status-bar.tsx";
export { StatusModel } from "./status-model.ts";
export { Warnings } from "./warnings.tsx";
