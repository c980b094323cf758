import type { Proofs } from "../proof.ts";
import { asking } from "./asking.ts";
import { losing } from "./losing.ts";
import { quality } from "./quality.ts";
import { resting } from "./resting.ts";

/** Every mechanism's proofs, one file for each table of `docs/seeds.md`. */
export const proofs: Proofs = { ...asking, ...resting, ...losing, ...quality };
