"""Reads the intents, and splits their phrasings into training and held-out ones."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from .grammar import count

DATA = Path(__file__).parent.parent / "data"
HELD_OUT_SHARE = 10


@dataclass(frozen=True)
class Intent:
    """A question that the model can answer: its answer, what it adds on request, and its phrasings.

    Of the phrasings for training, the `usual` ones are asked most often.
    """

    id: str
    answer: str
    follow_up: str
    usual: tuple[str, ...]
    train: tuple[str, ...]
    held_out: tuple[str, ...]


def lines(path: Path) -> list[str]:
    """The lines of a data file without comments and blank lines."""
    text = path.read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]


def bucket(*parts: str) -> int:
    """A number from 0 to 9 that depends on the text only."""
    return int(sha256("\0".join(parts).encode()).hexdigest(), 16) % HELD_OUT_SHARE


def phrasing_held_out(intent: str, template: str, text: str) -> bool:
    """Whether one phrasing of a training template is kept for the test."""
    return count(template) >= 5 and bucket("phrasing", intent, text) == 0


def read_blocks(path: Path) -> list[dict[str, list[str]]]:
    """Groups the lines of an intents file by `@`, and by their mark within a block."""
    blocks: list[dict[str, list[str]]] = []
    for line in lines(path):
        mark, text = line[0], line[1:].strip()
        if mark == "@":
            blocks.append({"@": [text]})
        else:
            blocks[-1].setdefault(mark, []).append(text)
    return blocks


def build(block: dict[str, list[str]], frames: list[str]) -> Intent:
    """Makes an intent of a block; a tenth of its templates, at least one, is held out."""
    (name,) = block["@"]
    concepts = block.get("~", [])
    templates = block.get("?", []) + [frame.replace("X", f"<{concept}>") for concept in concepts for frame in frames]
    held_out = [template for template in templates if bucket("template", name, template) == 0]
    held_out = held_out or [min(templates, key=lambda text: sha256(text.encode()).hexdigest())]
    usual = block.get("!", [])
    train = usual + [template for template in templates if template not in held_out]
    (answer,) = block["="]
    return Intent(name, answer, " ".join(block.get("+", [])), tuple(usual), tuple(train), tuple(held_out))


@lru_cache(maxsize=1)
def load_intents() -> tuple[Intent, ...]:
    """All intents, in the order of their files."""
    frames = lines(DATA / "frames.txt")
    paths = sorted((DATA / "intents").glob("*.txt"))
    return tuple(build(block, frames) for path in paths for block in read_blocks(path))
