"""Makes the pairs that the scorer learns from: ways to ask one question, and questions that only look like it."""

import argparse
import json
import random
import re
from pathlib import Path

SLOT = re.compile(r"\{(\w+)\}")
DATA = Path(__file__).parent / "data"


def read_slots() -> dict[str, list[str]]:
    """Gives the words of each slot."""
    lines = (DATA / "slots.txt").read_text(encoding="utf-8").splitlines()
    return {name: words.strip().split(" | ") for name, words in (line.split(": ", 1) for line in lines)}


def read_families() -> list[list[str]]:
    """Gives the ways to ask each question."""
    blocks = (DATA / "families.txt").read_text(encoding="utf-8").split("\n\n")[1:]
    return [block.strip().splitlines() for block in blocks]


class Maker:
    """Makes pairs; the same seed makes the same pairs."""

    def __init__(self, seed: int) -> None:
        """Reads the data."""
        self.random = random.Random(seed)
        self.slots = read_slots()
        self.families = read_families()

    def fill(self, line: str, words: dict[str, str]) -> str:
        """Puts words into the slots of a line."""
        text = SLOT.sub(lambda found: words[found[1]], line)
        text = text[0].upper() + text[1:]
        return text.lower() if self.random.random() < 0.1 else text

    def words(self, family: list[str]) -> dict[str, str]:
        """Gives a word for each slot of a family."""
        names = {name for line in family for name in SLOT.findall(line)}
        return {name: self.random.choice(self.slots[name]) for name in sorted(names)}

    def same(self, family: list[str]) -> tuple[str, str]:
        """Gives two ways to ask one question."""
        words = self.words(family)
        one, other = self.random.sample(family, 2)
        return self.fill(one, words), self.fill(other, words)

    def other_word(self, family: list[str]) -> tuple[str, str]:
        """Gives two questions that differ in one slot, asked alike or in two ways."""
        words = self.words(family)
        name = self.random.choice(sorted(words))
        changed = {**words, name: self.random.choice([w for w in self.slots[name] if w != words[name]])}
        one, other = self.random.choice(family), self.random.choice(family)
        if self.random.random() < 0.5:
            other = one
        return self.fill(one, words), self.fill(other, changed)

    def other_family(self, family: list[str]) -> tuple[str, str]:
        """Gives two different questions on the same thing."""
        name = self.random.choice(sorted(self.words(family)))
        others = [f for f in self.families if f is not family and any(name in SLOT.findall(line) for line in f)]
        if not others:
            return self.other_word(family)
        other = self.random.choice(others)
        words = {**self.words(other), **self.words(family)}
        return self.fill(self.random.choice(family), words), self.fill(self.random.choice(other), words)

    def narrowed(self, family: list[str]) -> tuple[str, str]:
        """Gives a question, and the same on a narrower matter: with an adjective or a circumstance."""
        words = self.words(family)
        one, other = self.random.choice(family), self.random.choice(family)
        if self.random.random() < 0.6:
            other = one
        question = self.fill(other, words)
        if self.random.random() < 0.5:
            mark = "?" if question.endswith("?") else ""
            scope = self.random.choice(self.slots["scope"])
            return self.fill(one, words), f"{question.removesuffix('?')} {scope}{mark}"
        word = words[self.random.choice(sorted(words))]
        adjective = self.random.choice(self.slots["modifier"])
        return self.fill(one, words), re.sub(re.escape(word), f"{adjective} {word}", question, count=1, flags=re.I)


def make(count: int, seed: int) -> list[dict]:
    """Makes `count` pairs of each kind, with the number of their family."""
    maker = Maker(seed)
    kinds = [
        (maker.same, True, 3),
        (maker.other_word, False, 1),
        (maker.other_family, False, 1),
        (maker.narrowed, False, 1),
    ]
    rows = {}
    for kind, same, share in kinds:
        for _ in range(count * share):
            number = maker.random.randrange(len(maker.families))
            a, b = kind(maker.families[number])
            if a != b:
                rows[(a, b)] = {"a": a, "b": b, "same": same, "kind": kind.__name__, "family": number}
    return list(rows.values())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="the JSON lines to write")
    parser.add_argument("--count", type=int, default=2500, help="pairs of each kind of look-alike")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows = make(options.count, options.seed)
    options.to.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    print(f"{len(rows)} pairs, {sum(row['same'] for row in rows)} the same")
