/** The contract's values in words, colours and figures for people. */
export * from "./format.ts";
export * from "./kinds.ts";
export * from "./tiers.tsx";
