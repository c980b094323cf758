"""Trains the guard's scorer: a few small trees, boosted, on counters that `features.ts` wrote."""

import argparse
import json
from pathlib import Path

import lightgbm as lgb
import numpy as np
from sklearn.model_selection import GroupKFold

# Which way the score may move when a counter grows. What is plain to a person must not be unlearnt from made-up pairs.
DIRECTIONS = {
    "similarity": 1,
    "onlyMin": -1,
    "onlyMax": -1,
    "nounsMin": -1,
    "nounsMax": -1,
    "verbsMin": -1,
    "verbsMax": -1,
    "modifiersMin": -1,
    "modifiersMax": -1,
    "matchedShare": 1,
    "exactShare": 1,
    "intents": 1,
    "modalsDiffer": -1,
    "substituted": -1,
}
# Refusing costs a person one look more, a wrong answer far more.
LOOK_ALIKE_WEIGHT = 4
ROUNDS = 80
PARAMETERS = {
    "objective": "binary",
    "num_leaves": 6,
    "max_depth": 3,
    "learning_rate": 0.1,
    "min_data_in_leaf": 60,
    "lambda_l2": 5,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}


def read(path: Path) -> tuple[list[str], list[dict]]:
    """Gives the counters' names, and the pairs that no rule refuses."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return json.loads(first)["names"], [row for row in rows if row["features"] is not None]


def fit(names: list[str], x: np.ndarray, y: np.ndarray) -> lgb.Booster:
    """Gives the trained trees."""
    weights = np.where(y == 1, 1, LOOK_ALIKE_WEIGHT)
    constraints = [DIRECTIONS.get(name, 0) for name in names]
    data = lgb.Dataset(x, y, weight=weights, feature_name=names)
    return lgb.train({**PARAMETERS, "monotone_constraints": constraints}, data, ROUNDS)


def as_list(node: dict) -> list | float:
    """Gives a tree as [counter, limit, at most, above], and a leaf as its value."""
    if "leaf_value" in node:
        return round(node["leaf_value"], 5)
    children = as_list(node["left_child"]), as_list(node["right_child"])
    return [node["split_feature"], round(node["threshold"], 6), *children]


def told(y: np.ndarray, score: np.ndarray) -> str:
    """Gives hits and false hits at a few limits."""
    parts = []
    for limit in (0.3, 0.5, 0.7):
        served = score >= limit
        parts.append(f"{limit}: {100 * served[y == 1].mean():.1f} / {100 * served[y == 0].mean():.1f}")
    return ", ".join(parts)


def train(features: Path, target: Path) -> None:
    """Trains on all, after saying what it does on families that it has not seen."""
    names, rows = read(features)
    x = np.array([row["features"] for row in rows], dtype=float)
    y = np.array([row["same"] for row in rows], dtype=int)
    families = np.array([row["family"] for row in rows])
    score = np.zeros(len(y))
    for seen, unseen in GroupKFold(5).split(x, y, families):
        score[unseen] = fit(names, x[seen], y[seen]).predict(x[unseen])
    print(f"{len(y)} pairs; unseen families, % hits / % false hits: {told(y, score)}")
    booster = fit(names, x, y)
    gains = sorted(zip(booster.feature_importance("gain"), names, strict=True), reverse=True)
    print("heaviest counters:", ", ".join(f"{name} {gain:.0f}" for gain, name in gains[:8]))
    trees = [as_list(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    # one text, which a formatter leaves as it is
    target.write_text(json.dumps({"counters": names, "trees": json.dumps(trees)}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=Path, required=True, help="what features.ts wrote")
    parser.add_argument("--to", type=Path, required=True, help="the JSON file to write")
    options = parser.parse_args()
    train(options.features, options.to)
