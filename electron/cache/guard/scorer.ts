import { featureNames } from "./features.ts";
import data from "./scorer.json" with { type: "json" };

/** A leaf's value, or: the counter looked at, its limit, the tree for at most that, the tree for above it. */
type Tree = number | [counter: number, limit: number, atMost: Tree, above: Tree];

if (data.counters.join() !== featureNames.join()) {
  throw new Error("scorer.json was trained on other counters. Train it again: see scripts/guard/README.md.");
}
const trees = JSON.parse(data.trees) as Tree[];

/**
 * How likely a pair with these counters (`featureNames`) asks the same thing, 0 to 1: the logistic function of the sum of
 * the trees (Friedman, Greedy function approximation, 2001), which `scripts/guard/train.py` has trained.
 */
export function scored(counters: readonly number[]): number {
  const sum = trees.reduce<number>((total, tree) => total + leafOf(tree, counters), 0);
  return 1 / (1 + Math.exp(-sum));
}

function leafOf(tree: Tree, counters: readonly number[]): number {
  let node = tree;
  while (typeof node !== "number") {
    const [counter, limit, atMost, above]: Exclude<Tree, number> = node;
    node = (counters[counter] ?? 0) <= limit ? atMost : above;
  }
  return node;
}
