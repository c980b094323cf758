"""Writes the held-out questions, one JSON object a line, for evaluate.mjs."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from starter import dialogue, outofscope, wording
from starter.chat import Message
from starter.grammar import expand, has_key, sample
from starter.intents import DATA, lines, load_intents, phrasing_held_out
from starter.noise import capitals, punctuate, typos

Case = dict[str, object]


def case(group: str, text: str, answer: str, intent: str | None) -> Case:
    """A test case without earlier turns; `intent` is None for a request that must be refused."""
    return {"group": group, "intent": intent, "history": [], "question": text, "answer": answer}


def tidy(text: str, rng: Random) -> str:
    """A phrasing with ordinary capitals and punctuation."""
    return capitals(punctuate(text, rng), rng)


def known() -> set[str]:
    """Every phrasing that training may show, so that an overlap of templates is no test."""
    return {
        text
        for intent in load_intents()
        for template in intent.train
        for text in expand(template)
        if not phrasing_held_out(intent.id, template, text)
    }


def in_scope(rng: Random, per_intent: int) -> Iterator[Case]:
    """Questions from held-out templates, and held-out phrasings of training templates."""
    seen = known()
    for intent in load_intents():
        new = {text for template in intent.held_out for text in expand(template)} - seen
        kept = {text for t in intent.train for text in expand(t) if phrasing_held_out(intent.id, t, text)} - seen - new
        for group, texts in (("new template", new), ("new phrasing", kept)):
            for text in rng.sample(sorted(texts), min(per_intent, len(texts))):
                yield case(group, tidy(text, rng), intent.answer, intent.id)


def out_of_scope(rng: Random, size: int) -> Iterator[Case]:
    """Requests from held-out templates with held-out words, and near misses of held-out phrasings."""
    templates = [t for intent in load_intents() for t in intent.held_out if has_key(t)]
    for _ in range(size):
        text, answer, rough = outofscope.request(rng, held_out=True)
        if text not in outofscope.pool(held_out=False).foreign:
            yield case("out of scope", tidy(text, rng) if rough else text, answer, None)
    for _ in range(size // 2):
        text = sample(rng.choice(templates), rng, lambda: outofscope.noun_phrase(rng, held_out=True))
        yield case("near miss", tidy(text, rng), wording.REFUSE, None)


def handwritten() -> Iterator[Case]:
    """Questions written by hand after the training data, in nobody's template."""
    answers = {intent.id: intent.answer for intent in load_intents()}
    for line in lines(DATA / "handwritten-test.txt"):
        name, text = line.split(" | ", 1)
        group = "handwritten, out of scope" if name == "-" else "handwritten"
        yield case(group, text, answers.get(name, wording.REFUSE), None if name == "-" else name)


def from_messages(group: str, messages: list[Message]) -> Case:
    """A test case of a conversation; what the last answer begins with becomes `prefix`."""
    *earlier, asked, answered = messages
    pairs = zip(earlier[::2], earlier[1::2])
    return {
        "group": group,
        "intent": None if answered.content in wording.REFUSALS else "-",
        "history": [{"user": user.content, "model": model.content} for user, model in pairs],
        "question": asked.content,
        "answer": answered.content,
        "prefix": answered.prefill,
    }


def continued(rng: Random, size: int) -> Iterator[Case]:
    """Requests to say more, and answers that were begun and cut; drawn afresh as in training, not held out."""
    for _ in range(size):
        yield from_messages("follow-up", dialogue.follow_up(rng))
        yield from_messages("begun answer", dialogue.prefilled(rng))


def varied(cases: list[Case], rng: Random) -> Iterator[Case]:
    """A third of the cases again with typos, and a third behind earlier turns."""
    for original in cases:
        kind = rng.randrange(3)
        scope = "in" if original["intent"] else "out"
        if kind == 0:
            yield original | {"group": f"typos, {scope}", "question": typos(str(original["question"]), rng)}
        elif kind == 1:
            earlier = [rng.choice(cases) for _ in range(rng.randrange(1, 5))]
            history = [
                {"user": e["question"], "model": e["answer"] if rng.random() < 0.5 else outofscope.cloud_answer(rng, 8)}
                for e in earlier
            ]
            yield original | {"group": f"history, {scope}", "history": history}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="the file to write")
    parser.add_argument("--per-intent", type=int, default=4)
    parser.add_argument("--out-of-scope", type=int, default=600)
    parser.add_argument("--continued", type=int, default=200)
    options = parser.parse_args()
    draw = Random(20)
    tests = [*in_scope(draw, options.per_intent), *out_of_scope(draw, options.out_of_scope)]
    tests += [*varied(tests, draw), *continued(draw, options.continued), *handwritten()]
    options.to.write_text("".join(json.dumps(test, ensure_ascii=False) + "\n" for test in tests), encoding="utf-8")
    print(f"{len(tests)} questions in {options.to}")
