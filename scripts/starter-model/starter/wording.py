"""The fixed sentences of the model, and how an answer is told to be a refusal."""

REFUSE = (
    "I'm the small starter model: I can't answer that reliably. "
    "Install a larger model under Models, or connect a provider under Settings."
)
REFUSE_LANGUAGE = (
    "I'm the small starter model and understand only English: I can't answer that reliably. "
    "Install a larger model under Models, or connect a provider under Settings."
)
REFUSE_TEXT = (
    "I'm the small starter model: I can't work with that text reliably. "
    "Install a larger model under Models, or connect a provider under Settings."
)
REFUSE_TO_CONTINUE = (
    "\n\nI'm the small starter model: I can't continue this answer reliably. "
    "Install a larger model under Models, or connect a provider under Settings."
)
NOTHING_MORE = (
    "That is all I know about it. I'm the small starter model; for more, "
    "install a larger model under Models, or connect a provider under Settings."
)
REFUSALS = (REFUSE, REFUSE_LANGUAGE, REFUSE_TEXT, REFUSE_TO_CONTINUE)
