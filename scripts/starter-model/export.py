"""Writes the trained model as a GGUF file of the architecture `llama`."""

import argparse
import json
from hashlib import sha256
from pathlib import Path

import gguf
import numpy as np

from starter.batches import CONTEXT
from starter.chat import CHAT_TEMPLATE, END_OF_TEXT, SPECIAL_TOKENS, TURN_END
from starter.model import Config


def add_tokenizer(writer: gguf.GGUFWriter, file: Path) -> None:
    """Adds vocabulary, merges and special tokens; GPT-2's splitting is what the tokenizer was trained with."""
    model = json.loads(file.read_text(encoding="utf-8"))["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([control if token in SPECIAL_TOKENS else normal for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in model["merges"]])
    writer.add_bos_token_id(model["vocab"][END_OF_TEXT])
    writer.add_eos_token_id(model["vocab"][TURN_END])
    writer.add_eot_token_id(model["vocab"][TURN_END])
    writer.add_pad_token_id(model["vocab"][END_OF_TEXT])
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def add_sizes(writer: gguf.GGUFWriter, config: Config) -> None:
    """Adds what the model is and its sizes."""
    writer.add_name("Holdfast starter model")
    writer.add_description("Answers questions about Holdfast, and says plainly when it can't answer.")
    writer.add_author("The Holdfast project")
    writer.add_license("Apache-2.0")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_vocab_size(config.vocabulary)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(config.width)
    writer.add_block_count(config.layers)
    writer.add_feed_forward_length(config.inner)
    writer.add_head_count(config.heads)
    writer.add_head_count_kv(config.heads)
    writer.add_rope_dimension_count(config.head_width)
    writer.add_rope_freq_base(config.rope_base)
    writer.add_layer_norm_rms_eps(config.epsilon)


def add_tensors(writer: gguf.GGUFWriter, params: dict[str, np.ndarray]) -> None:
    """Adds matrices as (outputs, inputs) in half precision, and the gains of the norms as they are.

    The rotary positions are trained on adjacent pairs, llama.cpp's own order, so queries and keys need no permutation.
    """
    for name, value in params.items():
        if value.ndim > 1:
            value = (value if name == "token_embd" else value.T).astype(np.float16)
        writer.add_tensor(f"{name}.weight", np.ascontiguousarray(value))


def export(folder: Path, target: Path) -> None:
    """Writes `target` from what `train.py` left in `folder`."""
    config = Config(**json.loads((folder / "config.json").read_text()))
    writer = gguf.GGUFWriter(target, "llama")
    add_sizes(writer, config)
    add_tokenizer(writer, folder / "tokenizer.json")
    add_tensors(writer, dict(np.load(folder / "params.npz")))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    data = target.read_bytes()
    print(f"{target}: {len(data):,} bytes, sha256 {sha256(data).hexdigest()}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder that train.py wrote")
    parser.add_argument("--to", type=Path, required=True, help="the GGUF file to write")
    options = parser.parse_args()
    export(options.run, options.to)
