"""Packs conversations into rows, with positions as in a longer conversation."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
from tokenizers import Tokenizer

from .dialogue import conversation
from .tokens import encode

CONTEXT = 2048


@dataclass(frozen=True)
class Shape:
    """Rows and columns of a batch, the most earlier turns, and the share of answers whose end is left out."""

    rows: int
    columns: int
    longest_history: int
    cut_share: float


PLAIN = Shape(rows=16, columns=256, longest_history=0, cut_share=0.85)
SHORT = Shape(rows=16, columns=256, longest_history=1, cut_share=0.6)
LONG = Shape(rows=4, columns=1024, longest_history=4, cut_share=0.6)
Example = tuple[np.ndarray, np.ndarray, np.ndarray]


def stretched_positions(length: int, rng: Random) -> np.ndarray:
    """Positions with gaps, so that short rows teach the distances of a full context too."""
    positions = np.arange(length, dtype=np.int32)
    room = CONTEXT - length
    if room <= 0 or rng.random() < 0.5:
        return positions
    for _ in range(rng.randrange(1, 3)):
        gap = rng.randrange(room + 1)
        room -= gap
        positions[rng.randrange(length) :] += gap
    return positions


def example(tokenizer: Tokenizer, rng: Random, shape: Shape) -> Example:
    """One conversation, in half the cases behind the token that starts a text, as some callers send it.

    The end of an answer is often left out: it is known soon, and leaving it out saves time.
    """
    while True:
        starts_text = rng.random() < 0.5
        ids, learned = encode(tokenizer, conversation(rng, shape.longest_history), starts_text)
        marks = np.flatnonzero(learned)
        if rng.random() < shape.cut_share:
            runs = np.flatnonzero(np.diff(marks) > 1)
            start = marks[runs[-1] + 1] if len(runs) else marks[0]
            end = min(len(ids), start + rng.randrange(3, 12))
            ids, learned = ids[:end], learned[:end]
        if len(ids) <= shape.columns:
            return ids, learned, stretched_positions(len(ids), rng)


def batches(tokenizer: Tokenizer, rng: Random, shape: Shape) -> Iterator[dict[str, np.ndarray]]:
    """Endless batches: ids, positions, the conversation of each token (0: none), and the loss mask."""
    size = (shape.rows, shape.columns)
    waiting: list[Example] = []
    while True:
        batch = {name: np.zeros(size, np.int32) for name in ("ids", "positions", "conversation")}
        batch["learned"] = np.zeros(size, np.float32)
        for row in range(shape.rows):
            at, number, misses = 0, 0, 0
            while misses < 10:
                ids, learned, positions = waiting.pop() if waiting else example(tokenizer, rng, shape)
                end = at + len(ids)
                if end > shape.columns:
                    waiting.insert(0, (ids, learned, positions))
                    misses += 1
                    if len(waiting) > 64:
                        break
                    continue
                number += 1
                batch["ids"][row, at:end] = ids
                batch["positions"][row, at:end] = positions
                batch["conversation"][row, at:end] = number
                batch["learned"][row, at:end] = learned
                at = end
        yield batch
