"""Draws whole conversations: system message, earlier turns, the question, and the right answer."""

from random import Random

from . import outofscope, wording
from .chat import Message
from .grammar import count, has_key, sample
from .intents import DATA, Intent, lines, load_intents, phrasing_held_out
from .noise import roughen

FOLLOW_UPS = (
    "why", "why?", "tell me more", "more", "and then?", "and then", "go on", "continue", "how", "how so", "how?",
    "explain", "explain that", "what else", "anything else", "can you explain that", "give me an example", "really",
    "more details", "what do you mean", "can you say more", "tell me more about that", "say more", "please continue",
    "why is that", "how does that work", "and?", "elaborate", "in more detail", "what does that mean", "i don't get it",
    "for example", "and what else", "more about it", "i want to know more", "could you elaborate", "keep going",
)  # fmt: skip

SENTENCES = 5
SYSTEM = tuple(line.replace("\\n", "\n") for line in lines(DATA / "system-prompts.txt"))


def draw_template(intent: Intent, rng: Random) -> str:
    """A training template; the usual ones, and those with many phrasings, come more often."""
    if intent.usual and rng.random() < 0.15:
        return rng.choice(intent.usual)
    weights = [min(count(template), 24) ** 0.4 for template in intent.train]
    return rng.choices(intent.train, weights)[0]


def in_scope(rng: Random) -> tuple[str, Intent]:
    """A question of a random intent that is not held out, as a person would type it."""
    intent = rng.choice(load_intents())
    while True:
        template = draw_template(intent, rng)
        text = sample(template, rng)
        if not phrasing_held_out(intent.id, template, text):
            return roughen(text, rng), intent


def out_of_scope(rng: Random, longest: int = SENTENCES) -> tuple[str, str]:
    """A question that the model can't answer, and the refusal; one in four is a near miss of an intent.

    `longest` is the most sentences that a pasted text may have.
    """
    if rng.random() < 0.25:
        intent = rng.choice(load_intents())
        keyed = [template for template in intent.train if has_key(template)]
        if keyed:
            text = sample(rng.choice(keyed), rng, lambda: outofscope.noun_phrase(rng))
            return roughen(text, rng), wording.REFUSE
    text, answer, rough = outofscope.request(rng, longest=longest)
    return (roughen(text, rng) if rough else text), answer


def question(rng: Random, longest: int = SENTENCES) -> tuple[str, str]:
    """A question of either kind and its answer."""
    if rng.random() < 0.5:
        text, intent = in_scope(rng)
        return text, intent.answer
    return out_of_scope(rng, longest)


def turn(text: str, answer: str, learned: bool = True) -> list[Message]:
    """A question and its answer."""
    return [Message("user", text), Message("assistant", answer, learned)]


def earlier_turn(rng: Random, longest: int) -> list[Message]:
    """A turn of the past: answered by this model, or by another one."""
    if rng.random() < 0.5:
        return turn(*question(rng))
    text = out_of_scope(rng)[0] if rng.random() < 0.75 else in_scope(rng)[0]
    return turn(text, outofscope.cloud_answer(rng, longest), learned=False)


def follow_up(rng: Random) -> list[Message]:
    """A turn and one or two requests to say more."""
    kind = rng.random()
    ask = [roughen(rng.choice(FOLLOW_UPS), rng, 0.1) for _ in range(2)]
    if kind < 0.6:
        text, intent = in_scope(rng)
        answers = [intent.follow_up or wording.NOTHING_MORE, wording.NOTHING_MORE]
        messages = turn(text, intent.answer)
    else:
        text, answer = out_of_scope(rng)
        own = kind < 0.8
        messages = turn(text, answer if own else outofscope.cloud_answer(rng), learned=own)
        answers = [wording.REFUSE, wording.REFUSE]
    for text, answer in list(zip(ask, answers))[: 1 if rng.random() < 0.75 else 2]:
        messages += turn(text, answer)
    return messages


def lone_follow_up(rng: Random) -> list[Message]:
    """A request to say more when nothing was said before."""
    return turn(roughen(rng.choice(FOLLOW_UPS), rng, 0.1), wording.REFUSE)


def prefilled(rng: Random, longest: int = SENTENCES) -> list[Message]:
    """An answer that another model, or this one, began and could not end."""
    if rng.random() < 0.3:
        text, intent = in_scope(rng)
        cut = rng.randrange(1, len(intent.answer))
        return [
            Message("user", text),
            Message("assistant", intent.answer[cut:], True, intent.answer[:cut]),
        ]
    text = question(rng)[0]
    begun = outofscope.cloud_answer(rng, longest) * (1 if rng.random() < 0.8 else rng.randrange(2, longest))
    cut = rng.randrange(1, len(begun) + 1)
    return [Message("user", text), Message("assistant", wording.REFUSE_TO_CONTINUE, True, begun[:cut])]


def system_message(rng: Random, longest: int) -> list[Message]:
    """No system message, a known one, or any text."""
    kind = rng.random()
    if kind < 0.6:
        return []
    if kind < 0.9:
        return [Message("system", outofscope.fill(rng.choice(SYSTEM), rng))]
    return [Message("system", outofscope.paragraph("oos/text.txt", rng.randrange(1, longest), rng))]


def conversation(rng: Random, longest_history: int) -> list[Message]:
    """One conversation to learn from; without room for history it is a lone question, which teaches fastest."""
    if longest_history == 0:
        return turn(*question(rng))
    kind, longest = rng.random(), SENTENCES * longest_history
    history: list[Message] = []
    if rng.random() < 0.3:
        for _ in range(rng.randrange(1, longest_history + 1)):
            history += earlier_turn(rng, longest)
    if kind < 0.84:
        last = turn(*question(rng, longest))
    elif kind < 0.92:
        last = follow_up(rng)
    elif kind < 0.99:
        last = prefilled(rng, longest)
    else:
        history, last = [], lone_follow_up(rng)
    return system_message(rng, longest) + history + last
