"""The tokenizer: byte-level BPE with GPT-2's splitting, and conversations as token ids."""

from pathlib import Path
from random import Random

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from .chat import END_OF_TEXT, SPECIAL_TOKENS, Message, segments
from .dialogue import conversation

VOCABULARY = 3072


def train_tokenizer(seed: int, conversations: int = 30_000) -> Tokenizer:
    """Learns the merges from generated conversations."""
    rng = Random(seed)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    texts = (
        message.prefill + message.content
        for _ in range(conversations)
        for message in conversation(rng, longest_history=1)
        if not message.learned or rng.random() < 0.05
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def load_tokenizer(path: Path) -> Tokenizer:
    """Reads a tokenizer that `train_tokenizer` made."""
    return Tokenizer.from_file(str(path))


def encode(tokenizer: Tokenizer, messages: list[Message], starts_text: bool) -> tuple[np.ndarray, np.ndarray]:
    """Token ids of a conversation, and which of them are learned; `starts_text` puts `END_OF_TEXT` before them."""
    pieces = [(END_OF_TEXT, False)] * starts_text + segments(messages)
    encoded = tokenizer.encode_batch([text for text, _ in pieces], add_special_tokens=False)
    ids = [np.array(piece.ids, np.int32) for piece in encoded]
    learned = [np.full(len(part), flag) for part, (_, flag) in zip(ids, pieces)]
    return np.concatenate(ids), np.concatenate(learned)
