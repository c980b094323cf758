"""The prompt format: ChatML, as the Jinja template in the model file writes it."""

from dataclasses import dataclass

END_OF_TEXT = "<|endoftext|>"
TURN_START = "<|im_start|>"
TURN_END = "<|im_end|>"
SPECIAL_TOKENS = (END_OF_TEXT, TURN_START, TURN_END)

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


@dataclass(frozen=True)
class Message:
    """One turn; `prefill` is what stands before the part of an answer that is to be learned."""

    role: str
    content: str
    learned: bool = False
    prefill: str = ""


def segments(messages: list[Message]) -> list[tuple[str, bool]]:
    """The rendered conversation in pieces, each with whether its tokens are learned."""
    pieces: list[tuple[str, bool]] = []
    for message in messages:
        pieces.append((f"{TURN_START}{message.role}\n{message.prefill}", False))
        if message.learned:
            pieces += [(message.content + TURN_END, True), ("\n", False)]
        else:
            pieces.append((f"{message.content}{TURN_END}\n", False))
    return pieces


def prompt(messages: list[Message]) -> str:
    """The text after which the model answers."""
    return "".join(text for text, _ in segments(messages)) + f"{TURN_START}assistant\n"
