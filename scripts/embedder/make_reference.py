"""Writes the original's vectors of a few texts, which the project's tests compare the engine's with."""

import argparse
import json
from base64 import b64encode
from pathlib import Path

from original import Original

LONG = "The cache keeps the answers of cloud links for when no link can answer. " * 40


def write(texts: Path, target: Path) -> None:
    """Writes a line for each line of `texts`, and one for a text that is longer than the model reads."""
    original = Original()
    lines = [*texts.read_text(encoding="utf-8").splitlines(), LONG]
    with target.open("w", encoding="utf-8") as file:
        for text in lines:
            vector = b64encode(original.embed(text).astype("<f4").tobytes()).decode()
            file.write(json.dumps({"text": text, "vector": vector}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True, help="one text a line")
    parser.add_argument("--to", type=Path, required=True, help="the JSON lines to write")
    options = parser.parse_args()
    write(options.texts, options.to)
