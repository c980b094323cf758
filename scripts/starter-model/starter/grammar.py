"""Phrase templates: `{a|b|}` is a free choice, `<a|b>` a choice whose word carries the meaning.

The second kind can be swapped for a foreign word, which turns a phrasing of an intent into a near miss.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from random import Random

PART = re.compile(r"\{([^{}]*)\}|<([^<>]*)>")


@dataclass(frozen=True)
class Part:
    """One place of a template: its options, and whether it carries the meaning."""

    options: tuple[str, ...]
    keyed: bool = False


@cache
def parse(template: str) -> tuple[Part, ...]:
    """Splits a template into its parts; plain text is a part with one option."""
    parts: list[Part] = []
    end = 0
    for match in PART.finditer(template):
        if match.start() > end:
            parts.append(Part((template[end : match.start()],)))
        keyed = match.group(2) is not None
        parts.append(Part(tuple((match.group(2) if keyed else match.group(1)).split("|")), keyed))
        end = match.end()
    if end < len(template):
        parts.append(Part((template[end:],)))
    return tuple(parts)


def tidy(text: str) -> str:
    """Removes the double spaces that empty options leave."""
    return re.sub(r" +", " ", text).replace(" ,", ",").strip()


def count(template: str) -> int:
    """The number of phrasings that a template stands for."""
    return math.prod(len(part.options) for part in parse(template))


def has_key(template: str) -> bool:
    """Whether a template has a place that carries the meaning."""
    return any(part.keyed for part in parse(template))


def sample(template: str, rng: Random, replace_key: Callable[[], str] | None = None) -> str:
    """Draws one phrasing; with `replace_key`, keyed places get a word from it instead."""
    drawn = (replace_key() if part.keyed and replace_key else rng.choice(part.options) for part in parse(template))
    return tidy("".join(drawn))


def expand(template: str, limit: int = 2000) -> Iterator[str]:
    """Lists a template's phrasings, at most `limit`."""
    combinations = product(*(part.options for part in parse(template)))
    return (tidy("".join(words)) for words in islice(combinations, limit))
