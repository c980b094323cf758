"""Writes the guard's lexicon from WordNet: synonyms, antonyms and the usual part of speech of frequent words.

Frequent are the whole words of the embedder's own vocabulary.
"""

import argparse
import json
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

FILES = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
# A word's later senses are rare ones, and synonyms only by them would make unlike questions look alike.
LAST_SENSE = 2
LARGEST_SYNSET = 8


def frequent_words(vocabulary: Path) -> set[str]:
    """Gives the vocabulary's whole words of plain letters."""
    lines = vocabulary.read_text(encoding="utf-8").splitlines()
    return {word for word in lines if word.isascii() and word.isalpha() and len(word) > 1}


def senses(folder: Path) -> tuple[dict[tuple[str, str, int], int], Counter]:
    """Gives each sense's rank among its word's, and how often a word was counted as each part of speech."""
    ranks, counts = {}, Counter()
    for line in (folder / "index.sense").read_text(encoding="utf-8").splitlines():
        key, offset, rank, count = line.split()
        lemma, rest = key.split("%")
        pos = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}[rest[0]]
        ranks[(lemma, pos, int(offset))] = int(rank)
        counts[(lemma, pos)] += int(count)
    return ranks, counts


def synsets(folder: Path):
    """Yields part of speech, offset, words and antonym pointers (own word's number, target offset, its number)."""
    for name, pos in FILES.items():
        for line in (folder / f"data.{name}").read_text(encoding="utf-8").splitlines():
            if line.startswith(" "):
                continue
            fields = line.split(" | ")[0].split()
            size = int(fields[3], 16)
            words = [word.lower().split("(")[0] for word in fields[4 : 4 + 2 * size : 2]]
            at = 4 + 2 * size + 1
            pointers = [fields[at + 4 * n : at + 4 * n + 4] for n in range(int(fields[at - 1]))]
            opposite = [(int(p[3][:2], 16), int(p[1]), int(p[3][2:], 16)) for p in pointers if p[0] == "!"]
            yield pos, int(fields[0]), words, opposite


def build(folder: Path, vocabulary: Path) -> dict[str, str]:
    """Gives the lexicon; each entry is one text of words and groups of words."""
    known = frequent_words(vocabulary)
    ranks, counts = senses(folder)
    all_synsets = list(synsets(folder))
    words_at = {(pos, offset): words for pos, offset, words, _ in all_synsets}
    synonyms, antonyms = defaultdict(set), set()
    for pos, offset, words, opposite in all_synsets:
        usual = [w for w in words if w in known and ranks.get((w, pos, offset), 99) <= LAST_SENSE]
        if len(usual) <= LARGEST_SYNSET:
            for one, other in combinations(sorted(set(usual)), 2):
                synonyms[one].add(other)
        for own, target, number in opposite:
            one, other = words[own - 1], words_at[(pos, target)][number - 1]
            if one in known and other in known:
                antonyms.add(tuple(sorted((one, other))))
    usual_pos = defaultdict(list)
    for word in sorted(known):
        count = {pos: counts[(word, pos)] for pos in "nvar"}
        seen = {pos for pos in "nvar" if (word, pos) in counts}
        best = max("nvar", key=lambda pos: (count[pos], pos in seen))
        if seen and best != "n":
            usual_pos[best].append(word)
    return {
        "synonyms": " ".join(f"{word}:{','.join(sorted(synonyms[word]))}" for word in sorted(synonyms)),
        "antonyms": " ".join(f"{one}:{other}" for one, other in sorted(antonyms)),
        "verbs": " ".join(usual_pos["v"]),
        "adjectives": " ".join(usual_pos["a"]),
        "adverbs": " ".join(usual_pos["r"]),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wordnet", type=Path, required=True, help="WordNet's folder of data.* and index.sense")
    parser.add_argument("--vocabulary", type=Path, required=True, help="vocab.txt of the embedder")
    parser.add_argument("--to", type=Path, required=True, help="the JSON file to write")
    options = parser.parse_args()
    lexicon = build(options.wordnet, options.vocabulary)
    options.to.write_text(json.dumps(lexicon, indent=2) + "\n", encoding="utf-8")
