"""Long descriptions for pipelines of diffusers, which cut them in silence: read in pieces, or said.

The text encoder of Stable Diffusion (CLIP) reads 77 tokens at once. Its pipelines take any number of
embeddings, so a longer description is encoded piece by piece. Others read one text of some hundred tokens
(T5, Qwen).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.experts.shortening import in_pieces, left_out, shortened, tokens_in

MOST_PIECES = 8
"""Some 450 words. Attention to the description grows with each piece, and what a single word says fades."""

_BY_PIECES = re.compile(r"StableDiffusion(XL)?(ControlNet)?(Img2Img|Inpaint)?Pipeline")
_LIMITS = {"max_sequence_length": 0, "max_text_length": 80}
"""What pipelines call their limit in tokens, and how many of these they write around the description."""
_EMBEDDINGS = (
    "prompt_embeds",
    "negative_prompt_embeds",
    "pooled_prompt_embeds",
    "negative_pooled_prompt_embeds",
)


def with_description(
    pipeline: Any, card: ModelCard, description: str, settings: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """The settings of a call with its description in them, and a sentence on what of it is not read, or "".

    To be called where the pipeline is run, without gradients.
    """
    if _BY_PIECES.fullmatch(type(pipeline).__name__):
        pieces, rest = _pieces(pipeline, description)
        note = left_out(card, "description", rest)
        if len(pieces) > 1:
            others = {name: value for name, value in settings.items() if name != "negative_prompt"}
            return {**others, **_encoded(pipeline, pieces, settings.get("negative_prompt"))}, note
        return {**settings, "prompt": description}, note
    tokenizer, room = _room(pipeline)
    if tokenizer is None:
        return {**settings, "prompt": description}, ""
    kept, note = shortened(card, "description", description, tokenizer, room)
    return {**settings, "prompt": kept}, note


def _pieces(pipeline: Any, text: str) -> tuple[list[str], str]:
    """Pieces that each of the pipeline's encoders reads whole, and the rest of the text."""
    names = ("tokenizer", "tokenizer_2")
    tokenizers = [one for name in names if (one := getattr(pipeline, name, None)) is not None]
    rooms = [_without_frame(one, int(one.model_max_length)) for one in tokenizers]

    def fits(part: str) -> bool:
        return all(tokens_in(one, part) <= room for one, room in zip(tokenizers, rooms, strict=True))

    return in_pieces(text, fits, MOST_PIECES, 4 * min(rooms))


def _encoded(pipeline: Any, pieces: list[str], negative: str | None) -> dict[str, Any]:
    """The embeddings of all pieces one after another, and as many of what is not wanted.

    What stands for the whole description (pooled, Stable Diffusion XL) is the first piece's.
    """
    import torch

    unwanted = _pieces(pipeline, negative)[0] if negative else []
    length = max(len(pieces), len(unwanted))
    pieces = [*pieces, *[""] * (length - len(pieces))]
    without: list[str | None] = [*unwanted, *[""] * (length - len(unwanted))] if negative else [None] * length
    encoded = [
        pipeline.encode_prompt(
            prompt=piece,
            device=pipeline._execution_device,
            num_images_per_prompt=1,
            do_classifier_free_guidance=True,
            negative_prompt=against,
        )
        for piece, against in zip(pieces, without, strict=True)
    ]
    joined = [torch.cat(parts, dim=1) for parts in zip(*(one[:2] for one in encoded), strict=True)]
    return dict(zip(_EMBEDDINGS, (*joined, *encoded[0][2:]), strict=False))


def _room(pipeline: Any) -> tuple[Any, int]:
    """The tokenizer of the encoder that reads the most, and how many tokens of a description it takes."""
    names = ("tokenizer_3", "tokenizer_2", "tokenizer")
    tokenizer = next((one for name in names if (one := getattr(pipeline, name, None)) is not None), None)
    if tokenizer is None:
        return None, 0
    parameters = inspect.signature(pipeline.__call__).parameters
    for name, frame in _LIMITS.items():
        if name in parameters and (limit := parameters[name].default):
            return tokenizer, _without_frame(tokenizer, int(limit) - frame)
    return tokenizer, _without_frame(tokenizer, int(tokenizer.model_max_length))


def _without_frame(tokenizer: Any, limit: int) -> int:
    """What is left of a limit for the text itself: language models read it as a message in a chat."""
    if getattr(tokenizer, "chat_template", None):
        nothing = [{"role": "user", "content": ""}]
        frame: str = tokenizer.apply_chat_template(
            nothing, tokenize=False, add_generation_prompt=True, enable_thinking=False
        )
        return limit - tokens_in(tokenizer, frame)
    return limit - int(tokenizer.num_special_tokens_to_add())
