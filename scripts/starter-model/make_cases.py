"""Writes conversations with their prompt, token ids and next-token probabilities, for verify.mjs."""

import argparse
import json
from functools import partial
from pathlib import Path
from random import Random

import jax
import jax.numpy as jnp
import jinja2
import numpy as np

from starter.batches import CONTEXT
from starter.chat import CHAT_TEMPLATE, prompt
from starter.dialogue import conversation
from starter.model import Config, Params, forward
from starter.tokens import load_tokenizer

TOP = 5


@partial(jax.jit, static_argnums=1)
def padded_logits(params: Params, config: Config, ids: jax.Array, length: jax.Array) -> jax.Array:
    """The logits after the first `length` of a padded row of ids."""
    inside = (jnp.arange(len(ids)) < length).astype(jnp.int32)
    batch = {"ids": ids[None], "positions": jnp.arange(len(ids))[None], "conversation": inside[None]}
    return forward(params, batch, config)[0, length - 1]


def probabilities(params: Params, config: Config, ids: list[int]) -> dict[int, float]:
    """The likeliest next tokens after `ids`."""
    row = np.zeros(CONTEXT, np.int32)
    row[: len(ids)] = ids
    logits = np.asarray(padded_logits(params, config, jnp.asarray(row), len(ids)), np.float64)
    chances = np.exp(logits - logits.max())
    chances /= chances.sum()
    return {int(token): float(chances[token]) for token in np.argsort(-chances)[:TOP]}


def cases(folder: Path, size: int) -> list[dict[str, object]]:
    """Random conversations up to their last question, as the trained model sees them."""
    config = Config(**json.loads((folder / "config.json").read_text()))
    stored = dict(np.load(folder / "params.npz"))
    params = {name: jnp.asarray(value.astype(np.float16), jnp.float32) if value.ndim > 1 else jnp.asarray(value)
              for name, value in stored.items()}  # fmt: skip
    tokenizer = load_tokenizer(folder / "tokenizer.json")
    template = jinja2.Environment().from_string(CHAT_TEMPLATE)
    rng, written = Random(30), []
    for _ in range(size):
        messages = conversation(rng, longest_history=4)[:-1]
        plain = [{"role": message.role, "content": message.content} for message in messages]
        text = prompt(messages)
        assert text == template.render(messages=plain, add_generation_prompt=True)
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        written.append({"messages": plain, "prompt": text, "ids": ids, "next": probabilities(params, config, ids)})
    return written


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder that train.py wrote")
    parser.add_argument("--to", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("--cases", type=int, default=40)
    options = parser.parse_args()
    options.to.write_text(json.dumps(cases(options.run, options.cases)), encoding="utf-8")
