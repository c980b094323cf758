"""A small Llama: RMSNorm, rotary positions in adjacent pairs as llama.cpp has them, SwiGLU, tied embeddings."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

Params = dict[str, jax.Array]
LEARNED_SHARE = 0.4


@dataclass(frozen=True)
class Config:
    """The sizes of the model."""

    vocabulary: int
    width: int = 256
    layers: int = 4
    heads: int = 4
    inner: int = 640
    rope_base: float = 10_000.0
    epsilon: float = 1e-5

    @property
    def head_width(self) -> int:
        """Numbers in one head's query."""
        return self.width // self.heads


def initial(config: Config, seed: int) -> Params:
    """Random parameters, named as in a GGUF file; matrices are stored (inputs, outputs)."""
    rng = np.random.default_rng(seed)
    width, inner = config.width, config.inner
    shapes = {"attn_q": (width, width), "attn_k": (width, width), "attn_v": (width, width)}
    shapes |= {"attn_output": (width, width), "ffn_gate": (width, inner), "ffn_up": (width, inner)}
    shapes |= {"ffn_down": (inner, width)}
    params = {"token_embd": rng.normal(0, 0.02, (config.vocabulary, width)), "output_norm": np.ones(width)}
    for layer in range(config.layers):
        params |= {f"blk.{layer}.{name}": np.ones(width) for name in ("attn_norm", "ffn_norm")}
        for name, shape in shapes.items():
            scale = shape[0] ** -0.5
            if name in ("attn_output", "ffn_down"):
                scale /= (2 * config.layers) ** 0.5
            params[f"blk.{layer}.{name}"] = rng.normal(0, scale, shape)
    return {name: jnp.asarray(value, jnp.float32) for name, value in params.items()}


def norm(x: jax.Array, gain: jax.Array, epsilon: float) -> jax.Array:
    """Root-mean-square normalisation (Zhang and Sennrich, 2019)."""
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + epsilon) * gain


def rotate(x: jax.Array, positions: jax.Array, base: float) -> jax.Array:
    """Rotary positions (Su et al., 2021) on pairs of adjacent numbers; x is (batch, time, head, number)."""
    half = x.shape[-1] // 2
    speeds = base ** (-jnp.arange(half) / half)
    angle = (positions[..., None] * speeds)[:, :, None, :]
    sine, cosine = jnp.sin(angle), jnp.cos(angle)
    even, odd = x[..., 0::2], x[..., 1::2]
    return jnp.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).reshape(x.shape)


def attend(params: Params, prefix: str, x: jax.Array, positions: jax.Array, bias: jax.Array, config: Config):
    """Self-attention of one layer; `bias` is 0 where a token may look and very low elsewhere."""
    shape = (*x.shape[:2], config.heads, config.head_width)
    query, key, value = ((x @ params[f"{prefix}attn_{name}"]).reshape(shape) for name in "qkv")
    query = rotate(query, positions, config.rope_base) * config.head_width**-0.5
    key = rotate(key, positions, config.rope_base)
    scores = jnp.einsum("bthd,bshd->bhts", query, key) + bias
    mixed = jnp.einsum("bhts,bshd->bthd", jax.nn.softmax(scores, -1), value)
    return mixed.reshape(x.shape) @ params[f"{prefix}attn_output"]


def hidden(params: Params, batch: dict[str, jax.Array], config: Config) -> jax.Array:
    """The last states (batch, time, width) of packed rows; no token sees another conversation."""
    owner = batch["conversation"]
    same = owner[:, :, None] == owner[:, None, :]
    order = jnp.tril(jnp.ones((owner.shape[1], owner.shape[1]), bool))
    bias = jnp.where(same & order, 0.0, -1e9)[:, None]
    x = params["token_embd"][batch["ids"]]
    for layer in range(config.layers):
        prefix = f"blk.{layer}."
        seen = norm(x, params[f"{prefix}attn_norm"], config.epsilon)
        x = x + attend(params, prefix, seen, batch["positions"], bias, config)
        seen = norm(x, params[f"{prefix}ffn_norm"], config.epsilon)
        gate = jax.nn.silu(seen @ params[f"{prefix}ffn_gate"]) * (seen @ params[f"{prefix}ffn_up"])
        x = x + gate @ params[f"{prefix}ffn_down"]
    return norm(x, params["output_norm"], config.epsilon)


def forward(params: Params, batch: dict[str, jax.Array], config: Config) -> jax.Array:
    """Logits (batch, time, vocabulary)."""
    return hidden(params, batch, config) @ params["token_embd"].T


def loss(params: Params, batch: dict[str, jax.Array], config: Config) -> jax.Array:
    """Mean cross-entropy of the learned tokens, in nats; logits are made for these tokens only."""
    learned = batch["learned"][:, 1:].ravel()
    (places,) = jnp.nonzero(learned, size=int(learned.size * LEARNED_SHARE), fill_value=0)
    states = hidden(params, batch, config)[:, :-1].reshape(-1, config.width)[places]
    targets = batch["ids"][:, 1:].ravel()[places]
    scores = jax.nn.log_softmax(states @ params["token_embd"].T)
    picked = jnp.take_along_axis(scores, targets[:, None], -1)[:, 0]
    weights = learned[places]
    return -(picked * weights).sum() / weights.sum()
