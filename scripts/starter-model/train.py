"""Trains the starter model on one processor core for a given time, and keeps its parameters."""

import argparse
import json
import re
import time
from dataclasses import asdict
from pathlib import Path
from random import Random
from shutil import copyfile

import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.contrib import MuonDimensionNumbers

from starter.batches import LONG, PLAIN, SHORT, batches
from starter.model import Config, Params, initial, loss
from starter.tokens import VOCABULARY, load_tokenizer, train_tokenizer

WARM_UP = 50
MATRIX = re.compile(r"blk\.\d+\.(attn_[qkvo]|ffn_(gate|up|down))")


def optimizer() -> optax.GradientTransformation:
    """Muon (Jordan et al., 2024) for the matrices of the layers and Adam for the rest, at the learning rate 1."""

    def by_muon(params: Params) -> dict[str, MuonDimensionNumbers | None]:
        return {name: MuonDimensionNumbers() if MATRIX.match(name) else None for name in params}

    return optax.contrib.muon(
        learning_rate=1.0,
        weight_decay=0.05,
        adam_b2=0.98,
        consistent_rms=0.2,
        muon_weight_dimension_numbers=by_muon,
    )


def rate(peak: float, step: int, progress: float) -> float:
    """Linear warm-up, a plateau, and a linear descent over the last 60 % of the time."""
    return peak * min(1.0, (step + 1) / WARM_UP) * min(1.0, max(0.01, (1 - progress) / 0.6))


def save(params: Params, config: Config, folder: Path) -> None:
    """Writes the parameters and the sizes of the model."""
    np.savez(folder / "params.npz", **{name: np.asarray(value) for name, value in params.items()})
    (folder / "config.json").write_text(json.dumps(asdict(config), indent=2) + "\n")


def load(folder: Path) -> Params:
    """Reads the parameters that `save` wrote."""
    return {name: jnp.asarray(value) for name, value in np.load(folder / "params.npz").items()}


def train(options: argparse.Namespace) -> None:
    """Trains until the time is up; prints the loss and the speed as it goes."""
    folder, seed = options.out, options.seed
    tokenizer_file = folder / "tokenizer.json"
    if options.start:
        copyfile(options.start / tokenizer_file.name, tokenizer_file)
    else:
        train_tokenizer(seed).save(str(tokenizer_file))
    tokenizer = load_tokenizer(tokenizer_file)
    config = Config(VOCABULARY)
    params = load(options.start) if options.start else initial(config, seed)
    optimise = optimizer()
    state = optimise.init(params)
    rng = Random(seed + 1)
    plain, short, long = (batches(tokenizer, rng, shape) for shape in (PLAIN, SHORT, LONG))

    @jax.jit
    def update(params, state, batch, learning_rate):
        lost, gradient = jax.value_and_grad(loss)(params, batch, config)
        change, state = optimise.update(gradient, state, params)
        params = {name: value + learning_rate * change[name] for name, value in params.items()}
        return params, state, lost

    print(f"{sum(value.size for value in params.values()):,} parameters", flush=True)
    start, step, tokens, recent = time.monotonic(), 0, 0, []
    while (progress := (time.monotonic() - start) / (60 * options.minutes)) < 1:
        usual, longer = (plain, short) if progress < options.plain_until else (short, long)
        batch = next(longer if step % options.longer_every == 0 else usual)
        params, state, lost = update(params, state, batch, rate(options.rate, step, progress))
        tokens += int((batch["conversation"] > 0).sum())
        recent.append(float(lost))
        step += 1
        if step % 50 == 0:
            seconds = time.monotonic() - start
            print(
                f"{seconds:5.0f} s  step {step}  loss {np.mean(recent):.4f}  {tokens / seconds:.0f} tokens/s",
                flush=True,
            )
            recent = []
            save(params, config, folder)
    save(params, config, folder)
    print(f"done: {step} steps, {tokens:,} tokens", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for tokenizer and parameters")
    parser.add_argument("--start", type=Path, help="folder of an earlier run to go on from")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain-until", type=float, default=0.5, help="share of the time with lone questions")
    parser.add_argument("--longer-every", type=int, default=8, help="one batch in so many has longer conversations")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    train(options)
