"""What a path that the user names holds: models with a card, or files from which a card can be made."""

from __future__ import annotations

import logging
import math
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hgpt_desktop.catalog.cards import CARD_FILE, read_card
from hgpt_desktop.catalog.gguf import Value, read_weights
from hgpt_desktop.catalog.recognising import is_whole, precision, recognise
from hgpt_desktop.catalog.records import read_record, size_on_disk
from hgpt_desktop.core.errors import CatalogUnavailable, InvalidInput
from hgpt_desktop.core.models import ModelCard, ModelFile

_log = logging.getLogger(__name__)

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

_QUANTISATIONS = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S",
    12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K",
    32: "BF16",
}  # fmt: skip
"""What `general.file_type` of a GGUF file stands for. Source: llama.h of llama.cpp."""

_CACHED = re.compile(r"models--(?P<org>[^/]+?)--(?P<name>[^/]+)")
"""The folder of a repository in the hub's cache; its files stand below snapshots/<revision>."""

_BESIDE = re.compile(
    r".*\.safetensors|.*\.safetensors\.index\.json|(?:config|generation_config|tokenizer|tokenizer_config|"
    r"special_tokens_map|added_tokens|preprocessor_config|processor_config|chat_template|vocab|normalizer)\.json|"
    r"chat_template\.jinja|vocab\.txt|merges\.txt|.*\.model|(?:source|target)\.spm"
)
"""What belongs to a checkpoint in the hub's layout."""

_PARTS = re.compile(rf"model_index\.json|(?:[\w-]+/)?(?:{_BESIDE.pattern}|\w*config\.json)")
"""What belongs to a pipeline: a checkpoint in each folder below."""


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
    if _CACHED.fullmatch(path.name):
        return (_cached(path),)
    if any((path / name).is_file() for name in ("config.json", "model_index.json")):
        return (_checkpoint(path, sorted(one for one in path.rglob("*") if one.is_file())),)
    cached = [folder for folder in sorted(path.glob("models--*")) if folder.is_dir()]
    if cached:
        return _of_cache(path, cached)
    below = tuple(_with_card(card.parent) for card in sorted(path.glob(f"*/{CARD_FILE}")))
    if below:
        return below
    loose = sorted(path.glob("*.gguf"))
    if len(loose) == 1:
        return (_single_file(loose[0]),)
    raise InvalidInput(
        f"{path} holds no model that can be taken.",
        f"A model is a .gguf file, a folder with {CARD_FILE}, config.json with safetensors, a hub's cache.",
    )


def _of_cache(path: Path, cached: list[Path]) -> tuple[ModelCard, ...]:
    """Every model of the hub's cache that can be taken; the others are passed over."""
    found, refused = [], []
    for folder in cached:
        try:
            found.append(_cached(folder))
        except InvalidInput as error:
            refused.append(error)
            _log.warning("not imported: %s", error.message)
    if not found:
        raise InvalidInput(
            f"{path} is a cache of the hub, but holds no model that can be taken.", refused[0].message
        )
    return tuple(found)


def _cached(folder: Path) -> ModelCard:
    """The newest whole revision of a repository in the hub's cache."""
    snapshots = sorted((folder / "snapshots").glob("*"), key=lambda one: one.stat().st_mtime)
    main = folder / "refs" / "main"
    named = folder / "snapshots" / main.read_text(encoding="utf-8").strip() if main.is_file() else None
    place = named if named is not None and named.is_dir() else snapshots[-1] if snapshots else None
    if place is None:
        raise InvalidInput(f"{folder} holds no revision of its model.", "Fetch the model once more.")
    (card,) = models_at(place)
    match = _CACHED.fullmatch(folder.name)
    assert match is not None
    source = f"imported from {match['org']}/{match['name']}@{place.name}"
    if card.loader == "llama.cpp":  # its file has a name of its own
        return replace(card, source=source)
    return replace(card, id=_id(match["name"]), name=match["name"], source=source)


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
    header, _ = read_weights(path)
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
        description="A language model of your own; plans requests and does the text tasks "
        f"({architecture}, {_precision(header)}).",
        loader="llama.cpp",
        files=(_found(path, path.parent, "model.gguf"),),
        licence=str(header.get("general.license") or "unknown"),
        languages=tuple(dict.fromkeys(languages)) if isinstance(languages, list) else (),
        tier="cpu"
        if memory_bytes < 5e9
        else next((str(gb) for gb in _GPUS_GB if memory_bytes < gb * 1e9), "48"),
        memory_bytes=memory_bytes,
        quality=_quality(size_bytes),
        options={"controller": True},
        source="imported",
        folder=path.parent,
    )


def _quality(size_bytes: int) -> float:
    """What a language model that nobody has measured is worth: by its size, as those of the catalogue are.

    So a small one that comes in does not take the place of the one that plans.
    """
    return round(min(max(0.4 + 0.25 * math.log10(max(size_bytes, 1) / 1e9), 0.05), 0.8), 2)


def _precision(header: Mapping[str, Value]) -> str:
    kind = header.get("general.file_type")
    return _QUANTISATIONS.get(kind if isinstance(kind, int) else -1, "precision unknown")


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
    found = recognise(folder, CARD_FILE)
    belongs = _PARTS if (folder / "model_index.json").is_file() else _BESIDE
    files = [path for path in candidates if path.is_file() and belongs.fullmatch(_inside(path, folder))]
    if found.loader == "faster-whisper":
        files += [
            path for path in candidates if path.name in ("model.bin", "vocabulary.txt", "vocabulary.json")
        ]
    weights = [path for path in files if path.suffix in (".safetensors", ".bin")]
    for path in weights:
        if path.suffix == ".safetensors" and not is_whole(path):
            raise InvalidInput(
                f"{path.name} is not a complete safetensors file.",
                "Fetch it again; it may have been cut short.",
            )
    if not weights:
        raise InvalidInput(
            f"{folder} has no weights as safetensors.",
            "Other forms can contain code and are not taken; fetch or convert the model to safetensors.",
        )
    size_bytes = sum(path.stat().st_size for path in weights)
    told = "; ".join(part for part in (found.architecture, precision(weights)) if part)
    return ModelCard(
        id=_id(folder.name),
        name=folder.name,
        tasks=found.tasks,
        description=f"A model of your own for {', '.join(found.tasks)} ({told}).",
        loader=found.loader,
        files=tuple(_found(path, folder, _inside(path, folder)) for path in files),
        licence="unknown",
        memory_bytes=size_bytes * 5 // 4 + _RUNNING_BYTES,
        quality=0.5,
        options=dict(found.options),
        source="imported",
        folder=folder,
    )


def _inside(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


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
