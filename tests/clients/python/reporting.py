"""What the programs of all clients have in common: where the gateway is, what is asked, and how they report what they saw."""

import json
import os
import traceback

URL = os.environ["GATEWAY_URL"]
BUSY_URL = os.environ["GATEWAY_BUSY_URL"]
TOKEN = os.environ["GATEWAY_TOKEN"]
LOCAL_ONLY = {"x-holdfast-local-only": "true"}

HELLO = "Say hello."
WEATHER_QUESTION = "What is the weather in Oslo?"
CITY_QUESTION = "Tell me of Oslo."
NOBODY = "Nobody answers this."
TEXTS = ["A cat sat on the mat.", "A kitten lay on the rug.", "Interest rates rose again."]
WEATHER = "sunny, 21 degrees"
WEATHER_SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CITY_SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "population": {"type": "integer"}},
    "required": ["name", "population"],
    "additionalProperties": False,
}


def pieces(texts):
    """A stream's text, and whether it came in several pieces."""
    some = [text for text in texts if text]
    return ["".join(some), "several" if len(some) > 1 else "one"]


def nearness(vectors):
    """The length of the vectors, and whether the first is nearer to the second than to the third."""
    first, second, third = vectors
    dot = lambda one, other: sum(a * b for a, b in zip(one, other))
    return [len(first), "nearer" if dot(first, second) > dot(first, third) else "not nearer"]


def status_of(kind, ask):
    """The status in the client's own error, which must be of this kind."""
    try:
        ask()
    except kind as error:
        return error.status_code
    return "no error"


def report(behaviours):
    """Does every behaviour in turn and prints one JSON object: what each saw, or how it failed."""
    seen = {}
    for name, behaviour in behaviours.items():
        try:
            seen[name] = {"value": behaviour()}
        except Exception:
            seen[name] = {"error": traceback.format_exc(limit=-4)}
    print(json.dumps(seen))
