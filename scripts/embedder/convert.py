"""Writes all-MiniLM-L6-v2 as a GGUF file of the architecture `bert`, its matrices in Q8_0."""

import argparse
from hashlib import sha256
from pathlib import Path

import gguf
import numpy as np

from original import CONFIG, MODEL_DIR, load_tensors

ARCHITECTURE = gguf.MODEL_ARCH.BERT
# What llama.cpp itself leaves in full precision: adding these up costs nothing, and they are small.
FULL_PRECISION = ("position_embd", "token_types", "norm", ".bias")
# The pooler stands behind the mean and is not used; position_ids are 0, 1, 2 and so on.
UNUSED = ("pooler.", "embeddings.position_ids")


def add_sizes(writer: gguf.GGUFWriter) -> None:
    """Adds what the model is and its sizes."""
    writer.add_name("all-MiniLM-L6-v2")
    writer.add_organization("sentence-transformers")
    writer.add_license("apache-2.0")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_context_length(CONFIG["max_position_embeddings"])
    writer.add_embedding_length(CONFIG["hidden_size"])
    writer.add_block_count(CONFIG["num_hidden_layers"])
    writer.add_feed_forward_length(CONFIG["intermediate_size"])
    writer.add_head_count(CONFIG["num_attention_heads"])
    writer.add_layer_norm_eps(CONFIG["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)


def as_llama_token(token: str) -> str:
    """Gives a piece as llama.cpp spells it: marked where a word begins, not where it goes on."""
    if token.startswith("[") and token.endswith("]"):
        return token
    return token[2:] if token.startswith("##") else f"\u2581{token}"


def add_tokenizer(writer: gguf.GGUFWriter) -> None:
    """Adds the WordPiece vocabulary and its special tokens."""
    tokens = (MODEL_DIR / "vocab.txt").read_text(encoding="utf-8").splitlines()
    ids = {token: at for at, token in enumerate(tokens)}
    control = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    types = [gguf.TokenType.CONTROL if token in control else gguf.TokenType.NORMAL for token in tokens]
    writer.add_tokenizer_model("bert")
    writer.add_token_type_count(CONFIG["type_vocab_size"])
    writer.add_token_list([as_llama_token(token) for token in tokens])
    writer.add_token_types(types)
    writer.add_bos_token_id(ids["[CLS]"])
    writer.add_eos_token_id(ids["[SEP]"])
    writer.add_unk_token_id(ids["[UNK]"])
    writer.add_sep_token_id(ids["[SEP]"])
    writer.add_pad_token_id(ids["[PAD]"])
    writer.add_mask_token_id(ids["[MASK]"])


def add_tensors(writer: gguf.GGUFWriter) -> None:
    """Adds the weights under llama.cpp's names."""
    names = gguf.get_tensor_name_map(ARCHITECTURE, CONFIG["num_hidden_layers"])
    for original, value in sorted(load_tensors().items()):
        if original.startswith(UNUSED):
            continue
        name = names.get_name(original, try_suffixes=(".weight", ".bias"))
        if name is None:
            raise SystemExit(f"llama.cpp has no place for {original}.")
        value = np.ascontiguousarray(value, dtype=np.float32)
        if any(part in name for part in FULL_PRECISION):
            writer.add_tensor(name, value)
        else:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(value, kind), raw_dtype=kind)


def convert(target: Path) -> None:
    """Writes `target`."""
    writer = gguf.GGUFWriter(target, gguf.MODEL_ARCH_NAMES[ARCHITECTURE])
    add_sizes(writer)
    add_tokenizer(writer)
    add_tensors(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    data = target.read_bytes()
    print(f"{target}: {len(data):,} bytes, sha256 {sha256(data).hexdigest()}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="the GGUF file to write")
    convert(parser.parse_args().to)
