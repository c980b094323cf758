"""How people really type: openings, endings, capitals, punctuation and typos."""

import re
from random import Random

OPENINGS = (
    "please", "hey,", "hi,", "hello,", "ok,", "so", "quick question:", "one question:", "question:", "um,",
    "sorry,", "excuse me,", "tell me,", "just wondering,", "another question:", "and", "but", "well,", "now,",
    "i have a question:", "i'd like to know:", "can you tell me:", "hey holdfast,", "dear assistant,", "btw,",
)  # fmt: skip
ENDINGS = (
    "please", "thanks", "thank you", "pls", "in short", "in simple words", "exactly", "now", "again", "then",
    "by the way", "for me", "i wonder", "today", "in one sentence", "in detail", "briefly", "actually", "quickly",
)  # fmt: skip
NAMES = {
    "i": "I", "i'm": "I'm", "i'd": "I'd", "i've": "I've", "holdfast": "Holdfast", "openai": "OpenAI",
    "anthropic": "Anthropic", "claude": "Claude", "chatgpt": "ChatGPT", "ollama": "Ollama", "gguf": "GGUF",
    "gpu": "GPU", "api": "API", "azure": "Azure", "bedrock": "Bedrock", "vertex": "Vertex", "english": "English",
    "gemini": "Gemini", "wifi": "Wi-Fi", "llm": "LLM", "cli": "CLI", "ai": "AI", "json": "JSON", "gpt-5": "GPT-5",
}  # fmt: skip
QUESTION = re.compile(
    r"^(what|who|where|when|why|how|which|is|are|do|does|did|can|could|will|would|should|may|am|has|have|was)\b"
)
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def neighbour(letter: str, rng: Random) -> str:
    """A key beside the one meant."""
    for row in KEYS:
        at = row.find(letter.lower())
        if at >= 0:
            return row[max(0, min(len(row) - 1, at + rng.choice((-1, 1))))]
    return letter


def typo(text: str, rng: Random) -> str:
    """One slip of the finger: two letters swapped, one lost, doubled, or its neighbour hit."""
    if len(text) < 5:
        return text
    at = rng.randrange(1, len(text) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    return text[:at] + neighbour(text[at], rng) + text[at + 1 :]


def typos(text: str, rng: Random) -> str:
    """One slip for about every fifteen letters."""
    for _ in range(1 + rng.randrange(1 + len(text) // 15)):
        text = typo(text, rng)
    return text


def capitals(text: str, rng: Random) -> str:
    """Lower case, a proper sentence, or shouting."""
    choice = rng.random()
    if choice < 0.3:
        return text
    if choice < 0.34:
        return text.upper()
    words = [NAMES.get(word, word) for word in re.split(r"([ ,?.:!]+)", text)]
    joined = "".join(words)
    return joined[:1].upper() + joined[1:] if choice < 0.95 else joined.title()


def punctuate(text: str, rng: Random) -> str:
    """Adds an ending mark, or leaves it out."""
    if text[-1:] in "?!.:;)":
        return text
    marks = ("?", "?", "?", "?", "", "", "??", " ?") if QUESTION.match(text) else ("", "", ".", ".", "!", "?")
    return text + rng.choice(marks)


def roughen(text: str, rng: Random, typo_share: float = 0.2) -> str:
    """Makes a plain phrasing look typed by a person."""
    if rng.random() < 0.18:
        text = f"{rng.choice(OPENINGS)} {text}"
    if rng.random() < 0.12:
        text = f"{text}{rng.choice((' ', ', '))}{rng.choice(ENDINGS)}"
    text = capitals(punctuate(text, rng), rng)
    return typos(text, rng) if rng.random() < typo_share else text
