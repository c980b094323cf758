"""What schemathesis leaves alone: requests that by their own words nothing may answer, which are refused honestly and are no fault."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body if isinstance(case.body, dict) else {}
    overrides = body.get("holdfast")
    if isinstance(overrides, dict):
        # At these levels no link is asked, and the cache is empty: 503.
        if overrides.get("level") in ("cached", "offline"):
            overrides["level"] = "full"
        if overrides.get("cache") == "only":
            overrides["cache"] = True
        # Requirements have rules across their keys, and an answer of the fixture need not meet them.
        for key in ("requirements", "quality", "mirror"):
            overrides.pop(key, None)
        # A deadline of a few milliseconds passes before any answer: 504.
        if isinstance(overrides.get("deadline"), str) and overrides["deadline"].endswith("s"):
            overrides["deadline"] = "60s"
    if case.path.endswith("/embeddings"):
        # Only the embedder's own number is accepted, and no schema knows it.
        body.pop("dimensions", None)
        # A text without a word that the embedder can read has no vector.
        texts = body.get("input")
        if isinstance(texts, str) and texts:
            body["input"] = f"words {texts}"
        if isinstance(texts, list):
            body["input"] = [f"words {text}" if isinstance(text, str) and text else text for text in texts]
    if case.path.endswith("/degradation/level") and case.method == "POST":
        # One of the two must be there, which a document can't say across query and body.
        if "level" not in body and "level" not in (case.query or {}):
            case.query = {**(case.query or {}), "level": "full"}
