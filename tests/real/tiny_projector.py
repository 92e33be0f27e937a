"""A tiny projector of pictures as GGUF with random weights: a transformer of two layers and two matrices."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

_UINT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 6, 7, 8, 9
_ALIGNMENT = 32
_SIDE, _PATCH, _WIDTH, _INNER, _LAYERS = 56, 14, 32, 64, 2


def write_projector(path: Path, language_width: int) -> Path:
    """A projector that gives vectors of this length: 16 of them for a picture."""
    rng = np.random.default_rng(1)

    def weights(*shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        return rng.normal(0, 0.1, shape).astype(np.float32)

    patches = (_SIDE // _PATCH) ** 2
    tensors = {
        "v.patch_embd.weight": weights(_WIDTH, 3, _PATCH, _PATCH),
        "v.position_embd.weight": weights(patches, _WIDTH),
        "mm.0.weight": weights(language_width, _WIDTH),
        "mm.0.bias": weights(language_width),
        "mm.2.weight": weights(language_width, language_width),
        "mm.2.bias": weights(language_width),
    }
    for layer in range(_LAYERS):
        block = f"v.blk.{layer}"
        for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
            tensors[f"{block}.{part}.weight"] = weights(_WIDTH, _WIDTH)
            tensors[f"{block}.{part}.bias"] = weights(_WIDTH)
        for part in ("ln1", "ln2"):
            tensors[f"{block}.{part}.weight"] = np.ones(_WIDTH, dtype=np.float32)
            tensors[f"{block}.{part}.bias"] = weights(_WIDTH)
        tensors[f"{block}.ffn_up.weight"] = weights(_INNER, _WIDTH)
        tensors[f"{block}.ffn_up.bias"] = weights(_INNER)
        tensors[f"{block}.ffn_down.weight"] = weights(_WIDTH, _INNER)
        tensors[f"{block}.ffn_down.bias"] = weights(_WIDTH)
    told: dict[str, object] = {
        "general.architecture": "clip",
        "clip.has_vision_encoder": True,
        "clip.projector_type": "mlp",
        "clip.use_gelu": True,
        "clip.vision.image_size": _SIDE,
        "clip.vision.patch_size": _PATCH,
        "clip.vision.embedding_length": _WIDTH,
        "clip.vision.feed_forward_length": _INNER,
        "clip.vision.block_count": _LAYERS,
        "clip.vision.projection_dim": language_width,
        "clip.vision.attention.head_count": 2,
        "clip.vision.attention.layer_norm_epsilon": 1e-5,
        "clip.vision.image_mean": [0.5, 0.5, 0.5],
        "clip.vision.image_std": [0.5, 0.5, 0.5],
    }
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(told))
    head += b"".join(_text(key) + _value(value) for key, value in told.items())
    body = b""
    for name, tensor in tensors.items():
        sizes = tuple(reversed(tensor.shape))
        head += _text(name) + struct.pack("<I", len(sizes)) + struct.pack(f"<{len(sizes)}Q", *sizes)
        head += struct.pack("<IQ", 0, len(body))  # 0: float32
        body += _filled(tensor.tobytes())
    path.write_bytes(_filled(head) + body)
    return path


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def _value(value: object) -> bytes:
    match value:
        case bool():
            return struct.pack("<I?", _BOOL, value)
        case int():
            return struct.pack("<II", _UINT32, value)
        case float():
            return struct.pack("<If", _FLOAT32, value)
        case list():
            numbers = struct.pack(f"<{len(value)}f", *value)
            return struct.pack("<IIQ", _ARRAY, _FLOAT32, len(value)) + numbers
        case _:
            return struct.pack("<I", _STRING) + _text(str(value))


def _filled(content: bytes) -> bytes:
    return content + bytes(-len(content) % _ALIGNMENT)
