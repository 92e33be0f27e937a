"""Tiny checkpoints with random weights, made by the real classes and saved as a model's folder holds them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_TEXT = """
a an the of in on is was and to what where who how many cat dog red blue house
paris berlin marie curie lives works at cnrs she he it yes no two three person text about work private
this there one
"""
WORDS = _TEXT.split()


def library(name: str) -> Any:
    """A library that the tests import when they run."""
    return importlib.import_module(name)


def seed() -> None:
    """The same random weights each time."""
    library("torch").manual_seed(0)


def word_tokenizer(
    folder: Path,
    *,
    special: Sequence[str] = (),
    extra: Sequence[str] = (),
    longest: int = 64,
    segments: bool = True,
) -> Any:
    """A BERT-like tokenizer: whole words, letters for the rest; saved into the folder."""
    tokenizers, transformers = library("tokenizers"), library("transformers")
    letters = [chr(code) for code in range(33, 127)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *special, *extra, *WORDS]
    pieces += [letter for letter in letters if letter not in pieces]
    pieces += [f"##{letter}" for letter in letters]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    inner = tokenizers.Tokenizer(tokenizers.models.WordPiece(vocabulary, unk_token="[UNK]"))
    inner.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    inner.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    inner.decoder = tokenizers.decoders.WordPiece()
    inner.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
    )
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        bos_token="[CLS]",
        eos_token="[SEP]",
        additional_special_tokens=list(special),
        model_max_length=longest,
        model_input_names=["input_ids", *(["token_type_ids"] if segments else []), "attention_mask"],
    )
    tokenizer.save_pretrained(folder)
    return tokenizer


def bert_sizes(tokenizer: Any, **more: Any) -> dict[str, Any]:
    """The sizes of a tiny BERT."""
    return {
        "vocab_size": len(tokenizer),
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 64,
        **more,
    }


def labels(*names: str) -> dict[str, Any]:
    """The part of a config that names the classes."""
    return {
        "id2label": dict(enumerate(names)),
        "label2id": {name: number for number, name in enumerate(names)},
        "num_labels": len(names),
    }


def save(model: Any, folder: Path) -> Path:
    """Write the model as safetensors."""
    model.eval().save_pretrained(folder)
    assert list(folder.glob("*.safetensors"))
    return folder
