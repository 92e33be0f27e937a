"""Tiny checkpoints with random weights, made by the real classes of the libraries."""

from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Kind, Resource

MakeCall = Callable[..., ExpertCall]
MakeCard = Callable[..., ModelCard]


@pytest.fixture
def make_card() -> MakeCard:
    """A card for a loader, with a folder and options."""

    def make(loader: str, folder: Path | None, **options: Any) -> ModelCard:
        return ModelCard("tiny", "Tiny Model", (), "", loader, (), "MIT", options=options, folder=folder)

    return make


@pytest.fixture
def make_call(tmp_path: Path) -> MakeCall:
    """A call that writes into a folder of its own; a path becomes a resource, a list several values."""

    def make(task: str, **inputs: Path | str | list[Path | str]) -> ExpertCall:
        out_dir = tmp_path / "out"
        out_dir.mkdir(exist_ok=True)
        return ExpertCall(
            task,
            {
                name: tuple(_value(one) for one in (given if isinstance(given, list) else [given]))
                for name, given in inputs.items()
            },
            out_dir,
            f"1-{task}",
        )

    return make


def _value(given: Path | str) -> Resource | str:
    if isinstance(given, str):
        return given
    return Resource(given.name, Kind.IMAGE, given, "application/octet-stream", given.stat().st_size)


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers, and a tokenizer that knows letters and a few words."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cat", "dog", "house", "garden"]
    letters = [*string.ascii_lowercase, *(f"##{letter}" for letter in string.ascii_lowercase)]
    vocabulary = {token: number for number, token in enumerate([*words, *letters])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    folder = tmp_path_factory.mktemp("tiny-encoder")
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    torch.manual_seed(1)
    BertModel(
        BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=32,
        )
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def random_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """EfficientNet-Lite0 with random weights, as another library writes it: same order, other names."""
    import timm
    import torch

    torch.manual_seed(2)
    weights = timm.create_model("efficientnet_lite0", pretrained=False).state_dict()
    path = tmp_path_factory.mktemp("checkpoint") / "weights.pth"
    torch.save({f"other.{number}": tensor for number, tensor in enumerate(weights.values())}, path)
    return path
