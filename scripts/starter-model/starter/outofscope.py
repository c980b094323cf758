"""Draws requests that the model can't answer, and pieces of other models' answers."""

import re
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from . import wording
from .grammar import sample
from .intents import DATA, bucket, lines

SLOT = re.compile(r"\b(NOUN|PLACE|PERSON|NAME|VERB|ADJ|FOOD|ANIMAL|SICK|SUBJ|LANG|CODE|THING|NUM)(?=[^A-Z]|$)")
SYLLABLES = (
    "ba be bi bo bu da de di do du fa fe fi ga go ka ke ki ko la le li lo ma me mi mo na ne no pa pe po ra re ri "
    "ro sa se si so ta te ti to va ve vi za zo sha cho thi stra plo gri mon ter lan vex qua ing ton ler ish ard"
).split()
COMMON = ("the connection", "the cloud", "a cache", "the internet", "a receipt", "a model", "an api", "a key")


@dataclass(frozen=True)
class Pool:
    """Templates and words of one side of the split."""

    templates: tuple[str, ...]
    near_misses: tuple[str, ...]
    foreign: tuple[str, ...]
    words: dict[str, tuple[str, ...]]


def split_lines(name: str, held_out: bool) -> tuple[str, ...]:
    """The lines of a file on one side of the split."""
    return tuple(line for line in lines(DATA / name) if (bucket("line", line) == 0) == held_out)


@lru_cache(maxsize=2)
def pool(held_out: bool) -> Pool:
    """The out-of-scope material for training, or that of the test."""
    words: dict[str, tuple[str, ...]] = {}
    for line in lines(DATA / "oos/words.txt"):
        slot, listed = line.split(": ", 1)
        if slot.endswith("HELD") == held_out:
            name = slot.removesuffix("HELD")
            words[name] = words.get(name, ()) + tuple(word.replace("_", " ") for word in listed.split())
    names = ("oos/templates.txt", "oos/nearmiss.txt", "oos/foreign.txt")
    return Pool(*(split_lines(name, held_out) for name in names), words)


def number(rng: Random) -> str:
    """A number of one to four digits, sometimes a year or a decimal."""
    return rng.choice((str(rng.randrange(10)), str(rng.randrange(100)), str(rng.randrange(1000)),
                       str(rng.randrange(1200, 2040)), f"{rng.randrange(100)}.{rng.randrange(10)}"))  # fmt: skip


def invented(rng: Random) -> str:
    """A word that exists nowhere: random syllables, or the front of one word and the back of another."""
    if rng.random() < 0.3:
        return "".join(rng.choice(SYLLABLES) for _ in range(rng.randrange(2, 5)))
    words = pool(held_out=False).words
    front, back = (rng.choice(words[rng.choice(("NOUN", "VERB", "PLACE", "PERSON"))]) for _ in range(2))
    return front[: rng.randrange(2, max(3, len(front)))] + back[len(back) // 2 :]


def word(slot: str, words: dict[str, tuple[str, ...]], rng: Random) -> str:
    """A word for a slot; one in four is invented, so that any unknown word leads to a refusal."""
    if slot == "NUM":
        return number(rng)
    if slot == "THING":
        return rng.choice(COMMON) if rng.random() < 0.3 else word("NOUN", words, rng)
    if slot not in ("LANG", "CODE", "NAME") and rng.random() < 0.25:
        return invented(rng)
    return rng.choice(words[slot])


def fill(template: str, rng: Random, held_out: bool = False) -> str:
    """Draws one text from a template and fills its slots."""
    words = pool(held_out).words
    return SLOT.sub(lambda match: word(match.group(1), words, rng), sample(template, rng))


def noun_phrase(rng: Random, held_out: bool = False) -> str:
    """A thing that Holdfast has nothing to do with."""
    return fill("{|a |the |my }{NOUN|NOUN|NOUN NOUN|ADJ NOUN|PLACE|PERSON|SUBJ}", rng, held_out)


def gibberish(rng: Random) -> str:
    """Keys hit at random, invented words, or marks."""
    kind = rng.randrange(4)
    if kind == 0:
        return "".join(rng.choice("asdfghjklqwertyuiopzxcvbnm") for _ in range(rng.randrange(3, 20)))
    if kind == 1:
        return " ".join(invented(rng) for _ in range(rng.randrange(1, 7)))
    if kind == 2:
        return "".join(rng.choice("!?.;:-_#+*~%&/()=<>|@0123456789 ") for _ in range(rng.randrange(1, 12))) or "?"
    return " ".join(number(rng) for _ in range(rng.randrange(1, 6)))


def paragraph(name: str, sentences: int, rng: Random) -> str:
    """Several filled lines of a data file."""
    joint = rng.choice((" ", "\n", "\n\n"))
    return joint.join(fill(line, rng) for line in rng.choices(lines(DATA / name), k=sentences))


def pasted(rng: Random, longest: int) -> str:
    """A request about a text, with the text."""
    ask = fill(rng.choice(lines(DATA / "oos/text-asks.txt")), rng)
    joint = rng.choice(("", "\n", "\n\n"))
    return ask.replace("TEXT", joint + paragraph("oos/text.txt", rng.randrange(1, longest + 1), rng)).strip()


def cloud_answer(rng: Random, longest: int = 5) -> str:
    """What another model might have answered; one in three is cut."""
    text = paragraph("cloud-answers.txt", rng.randrange(1, longest + 1), rng)
    return text[: rng.randrange(4, len(text))] if rng.random() < 0.33 and len(text) > 8 else text


def request(rng: Random, held_out: bool = False, longest: int = 5) -> tuple[str, str, bool]:
    """One out-of-scope request: its text, the right answer, and whether it may be roughened."""
    material = pool(held_out)
    kind = rng.random()
    if kind < 0.58:
        return fill(rng.choice(material.templates), rng, held_out), wording.REFUSE, True
    if kind < 0.84:
        return fill(rng.choice(material.near_misses), rng, held_out), wording.REFUSE, True
    if kind < 0.89:
        return rng.choice(material.foreign), wording.REFUSE_LANGUAGE, True
    if kind < 0.93:
        return gibberish(rng), wording.REFUSE, False
    return pasted(rng, longest), wording.REFUSE_TEXT, False
