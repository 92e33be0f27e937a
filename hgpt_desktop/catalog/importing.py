"""What a path that the user names holds: models with a card, or files from which a card can be made."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hgpt_desktop.catalog.cards import CARD_FILE, read_card
from hgpt_desktop.catalog.gguf import Value, read_header
from hgpt_desktop.catalog.records import read_record, size_on_disk
from hgpt_desktop.core.errors import CatalogUnavailable, InvalidInput
from hgpt_desktop.core.models import ModelCard, ModelFile

TEXT_TASKS = (
    "conversational",
    "text-generation",
    "text2text-generation",
    "summarization",
    "translation",
    "question-answering",
    "text-classification",
    "token-classification",
    "zero-shot-classification",
    "table-question-answering",
)
"""What a language model does as an expert."""

# Not language models, though they come as GGUF.
_NOT_LLMS = frozenset(
    {"clip", "bert", "nomic-bert", "jina-bert-v2", "t5encoder", "whisper", "wavtokenizer-dec"}
)
_CONTEXT_TOKENS = 8192
_RUNNING_BYTES = 300 << 20
_GPUS_GB = (8, 12, 16, 24)

_BY_ARCHITECTURE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ForImageClassification": ("transformers-image-classification", ("image-classification",)),
    "ForObjectDetection": ("transformers-object-detection", ("object-detection",)),
    "ForUniversalSegmentation": ("transformers-image-segmentation", ("image-segmentation",)),
    "ForSemanticSegmentation": ("transformers-image-segmentation", ("image-segmentation",)),
    "ForDepthEstimation": ("transformers-depth", ("depth-estimation",)),
    "ForAudioClassification": ("transformers-audio-classification", ("audio-classification",)),
    "ForSequenceClassification": ("transformers-text-classification", ("text-classification",)),
    "ForTokenClassification": ("transformers-token-classification", ("token-classification",)),
    "ForQuestionAnswering": ("transformers-question-answering", ("question-answering",)),
    "MarianMTModel": ("transformers-seq2seq", ("translation",)),
    "BartForConditionalGeneration": ("transformers-seq2seq", ("summarization",)),
    "T5ForConditionalGeneration": ("transformers-seq2seq", ("text2text-generation",)),
}
"""The end of a checkpoint's class, the loader, and what it does."""

_BESIDE = re.compile(
    r".*\.safetensors|.*\.safetensors\.index\.json|(?:config|generation_config|tokenizer|tokenizer_config|"
    r"special_tokens_map|added_tokens|preprocessor_config|processor_config|chat_template|vocab|normalizer)\.json|"
    r"chat_template\.jinja|vocab\.txt|merges\.txt|.*\.model|(?:source|target)\.spm"
)
"""What belongs to a checkpoint in the hub's layout."""


def models_at(path: Path) -> tuple[ModelCard, ...]:
    """The models that a path holds. Their folder is where they were found, their files' only source too.

    Raises:
        InvalidInput: there is none, or it is not one that can be taken.
    """
    path = path.expanduser().absolute()
    if path.is_file():
        return (_single_file(path),)
    if not path.is_dir():
        raise InvalidInput(f"There is no file or folder {path}.", "Check its name.")
    if (path / CARD_FILE).is_file():
        return (_with_card(path),)
    if (path / "config.json").is_file():
        return (_checkpoint(path, sorted(path.iterdir())),)
    below = tuple(_with_card(card.parent) for card in sorted(path.glob(f"*/{CARD_FILE}")))
    if below:
        return below
    loose = sorted(path.glob("*.gguf"))
    if len(loose) == 1:
        return (_single_file(loose[0]),)
    raise InvalidInput(
        f"{path} holds no model that can be taken.",
        f"A model is a .gguf file, a folder with {CARD_FILE}, or config.json with safetensors.",
    )


def _with_card(folder: Path) -> ModelCard:
    try:
        card = read_card((folder / CARD_FILE).read_bytes(), str(folder / CARD_FILE))
    except (CatalogUnavailable, OSError) as error:
        message = error.message if isinstance(error, CatalogUnavailable) else str(error)
        raise InvalidInput(f"The model's card cannot be used: {message}", "Mend the card.") from error
    record = read_record(folder)
    files = []
    for file in card.files:
        place = folder / file.path
        if not place.is_file():
            raise InvalidInput(f"{card.id} lacks the file {file.path}.", f"Put it into {folder}.")
        recorded = record.file(file.path) if record else None
        sha256 = file.sha256 or (recorded.sha256 if recorded else None)
        files.append(replace(file, sha256=sha256, sources=(f"file:{place}",)))
        if file.sha256 is None:
            _refuse_pickle(place)
    if not files:
        raise InvalidInput(f"{card.id} has no files to take.", "It comes with a package.")
    return replace(card, files=tuple(files), folder=folder)


def _single_file(path: Path) -> ModelCard:
    if path.suffix.lower() == ".gguf":
        return _language_model(path)
    if path.suffix.lower() == ".safetensors":
        if (path.parent / CARD_FILE).is_file():
            return _with_card(path.parent)
        if (path.parent / "config.json").is_file():
            beside = [one for one in sorted(path.parent.iterdir()) if one.suffix != ".safetensors"]
            return _checkpoint(path.parent, [path, *beside])
        raise InvalidInput(
            f"{path.name} alone does not say what it is.",
            f"Put its config.json, or a {CARD_FILE} that names loader and tasks, beside it.",
        )
    raise InvalidInput(
        f"{path.name} is not a model that can be taken.",
        "Models are .gguf or .safetensors files, or folders.",
    )


def _language_model(path: Path) -> ModelCard:
    header = read_header(path)
    architecture = str(header.get("general.architecture", ""))
    if not architecture or architecture in _NOT_LLMS:
        raise InvalidInput(
            f"{path.name} is not a language model ({architecture or 'no architecture named'}).",
            "Only GGUF files of chat models can plan.",
        )
    if "tokenizer.chat_template" not in header:
        raise InvalidInput(
            f"{path.name} has no chat template.",
            "Take the model's instruct or chat version; it can follow requests.",
        )
    size_bytes = path.stat().st_size
    memory_bytes = size_bytes + _cache_bytes(header, architecture) + _RUNNING_BYTES
    languages = header.get("general.languages")
    return ModelCard(
        id=_id(path.stem),
        name=str(header.get("general.name") or path.stem),
        tasks=TEXT_TASKS,
        description="A language model of your own; plans requests and does the text tasks.",
        loader="llama.cpp",
        files=(_found(path, path.parent, "model.gguf"),),
        licence=str(header.get("general.license") or "unknown"),
        languages=tuple(dict.fromkeys(languages)) if isinstance(languages, list) else (),
        tier="cpu"
        if memory_bytes < 5e9
        else next((str(gb) for gb in _GPUS_GB if memory_bytes < gb * 1e9), "48"),
        memory_bytes=memory_bytes,
        quality=0.5,
        options={"controller": True},
        source="imported",
        folder=path.parent,
    )


def _cache_bytes(header: Mapping[str, Value], architecture: str) -> int:
    """What the keys and values of a context take in 16-bit numbers, as far as the header tells."""

    def number(name: str, default: int) -> int:
        value = header.get(f"{architecture}.{name}", default)
        return int(value) if isinstance(value, int | float) else default

    heads = number("attention.head_count", 0)
    width = number("embedding_length", 0)
    if not heads or not width:
        return 1 << 30
    key_width = number("attention.key_length", width // heads)
    value_width = number("attention.value_length", width // heads)
    kept_heads = number("attention.head_count_kv", heads)
    tokens = min(_CONTEXT_TOKENS, number("context_length", _CONTEXT_TOKENS))
    return number("block_count", 32) * kept_heads * (key_width + value_width) * 2 * tokens


def _checkpoint(folder: Path, candidates: list[Path]) -> ModelCard:
    try:
        config = json.loads((folder / "config.json").read_bytes())
        architecture = str(config["architectures"][0])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InvalidInput(
            f"{folder / 'config.json'} does not say what the model is.",
            f"Write a {CARD_FILE} beside it that names loader and tasks.",
            str(error),
        ) from error
    known = next((value for end, value in _BY_ARCHITECTURE.items() if architecture.endswith(end)), None)
    if known is None or "VisualQuestion" in architecture or architecture.startswith(("LayoutLM", "Tapas")):
        raise InvalidInput(
            f"{architecture} is not a kind of model that can be taken by itself.",
            f"Write a {CARD_FILE} beside it that names loader and tasks.",
        )
    files = [path for path in candidates if path.is_file() and _BESIDE.fullmatch(path.name)]
    weights = [path for path in files if path.suffix == ".safetensors"]
    if not weights:
        raise InvalidInput(
            f"{folder} has no weights as safetensors.",
            "Other forms can contain code and are not taken; fetch or convert the model to safetensors.",
        )
    size_bytes = sum(path.stat().st_size for path in weights)
    loader, tasks = known
    return ModelCard(
        id=_id(folder.name),
        name=folder.name,
        tasks=tasks,
        description=f"A model of your own for {', '.join(tasks)}.",
        loader=loader,
        files=tuple(_found(path, folder, path.name) for path in files),
        licence="unknown",
        memory_bytes=size_bytes * 5 // 4 + _RUNNING_BYTES,
        quality=0.5,
        options={},
        source="imported",
        folder=folder,
    )


def _found(path: Path, folder: Path, name: str) -> ModelFile:
    return ModelFile(name, size_on_disk(path), None, (f"file:{path}",))


def _id(name: str) -> str:
    plain = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:100]
    if not plain:
        raise InvalidInput(f"No id can be made of the name {name!r}.", "Rename it with letters and digits.")
    return plain


def _refuse_pickle(path: Path) -> None:
    """A file that Python would execute, and that no catalogue vouches for, is not taken."""
    with path.open("rb") as file:
        begins = file.read(2)
    pickled = begins[:1] == b"\x80" and begins[1:] in (b"\x02", b"\x03", b"\x04", b"\x05")
    if begins == b"PK" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            pickled = any(name.endswith("data.pkl") for name in archive.namelist())
    if pickled:
        raise InvalidInput(
            f"{path.name} is a pickle, which can contain code.", "Take the model's safetensors version."
        )
