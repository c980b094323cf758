/** The guard: whether a stored question is the one that is asked. Pure, and well under 2 ms a pair. */
export { type Judgement, judge } from "./judge.ts";
