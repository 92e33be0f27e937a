"""What a folder of model files is: which loader takes it, for which tasks, of which class and precision."""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hgpt_desktop.core.errors import InvalidInput

_MOST_HEADER_BYTES = 100 << 20
_BITS = {"F64": 64, "F32": 32, "F16": 16, "BF16": 16, "F8_E4M3": 8, "F8_E5M2": 8, "I8": 8, "U8": 8}

_BY_CLASS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ForImageClassification": ("transformers-image-classification", ("image-classification",)),
    "ForObjectDetection": ("transformers-object-detection", ("object-detection",)),
    "ForUniversalSegmentation": ("transformers-image-segmentation", ("image-segmentation",)),
    "ForSemanticSegmentation": ("transformers-image-segmentation", ("image-segmentation",)),
    "ForDepthEstimation": ("transformers-depth", ("depth-estimation",)),
    "BlipForConditionalGeneration": ("transformers-image-to-text", ("image-to-text",)),
    "ForAudioClassification": ("transformers-audio-classification", ("audio-classification",)),
    "ClapModel": ("transformers-zero-shot-audio", ("zero-shot-audio-classification",)),
    "MusicgenForConditionalGeneration": ("transformers-text-to-audio", ("text-to-audio",)),
    "ForSequenceClassification": ("transformers-text-classification", ("text-classification",)),
    "ForTokenClassification": ("transformers-token-classification", ("token-classification",)),
    "ForMaskedLM": ("transformers-fill-mask", ("fill-mask",)),
    "TapasForQuestionAnswering": ("transformers-table-qa", ("table-question-answering",)),
    "ForQuestionAnswering": ("transformers-question-answering", ("question-answering",)),
    "MarianMTModel": ("transformers-seq2seq", ("translation",)),
    "BartForConditionalGeneration": ("transformers-seq2seq", ("summarization",)),
    "T5ForConditionalGeneration": ("transformers-seq2seq", ("text2text-generation",)),
    "BertModel": ("sentence-embedding", ("sentence-similarity", "feature-extraction", "text-ranking")),
    "MPNetModel": ("sentence-embedding", ("sentence-similarity", "feature-extraction", "text-ranking")),
    "XLMRobertaModel": ("sentence-embedding", ("sentence-similarity", "feature-extraction", "text-ranking")),
}
"""The end of a checkpoint's class, the loader, and what it does; the first that fits counts."""
_NEED_MORE = ("LayoutLM", "Vilt", "VisualBert")  # they are of a known kind by name, but not by what they take

_BY_PIPELINE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Wan": ("diffusers-text-to-video", ("text-to-video",)),
    "LTX": ("diffusers-text-to-video", ("text-to-video",)),
    "CogVideoX": ("diffusers-text-to-video", ("text-to-video",)),
    "AceStep": ("diffusers-text-to-audio", ("text-to-audio",)),
    "StableAudio": ("diffusers-text-to-audio", ("text-to-audio",)),
    "AudioLDM2": ("diffusers-text-to-audio", ("text-to-audio",)),
    "StableDiffusionInstructPix2Pix": ("diffusers-image-to-image", ("image-to-image",)),
    "StableDiffusionImg2Img": ("diffusers-image-to-image", ("image-to-image",)),
    "StableDiffusion": ("diffusers-text-to-image", ("text-to-image",)),
    "Flux": ("diffusers-text-to-image", ("text-to-image",)),
    "ZImage": ("diffusers-text-to-image", ("text-to-image",)),
    "PixArt": ("diffusers-text-to-image", ("text-to-image",)),
    "Sana": ("diffusers-text-to-image", ("text-to-image",)),
}
"""The beginning of a pipeline's class; the first that fits counts."""
_OTHER_PIPELINES = ("Inpaint", "ControlNet", "Upscale", "ImageToVideo", "Kontext")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A kind of model that a loader takes."""

    loader: str
    tasks: tuple[str, ...]
    architecture: str
    options: Mapping[str, Any] = field(default_factory=dict)


def recognise(folder: Path, card_file: str) -> Recognised:
    """What the model in a folder is, by its config.json, model_index.json or, for voices, the names of files.

    Args:
        card_file: how a file is called that would say it otherwise; for the hint.

    Raises:
        InvalidInput: it is none that can be taken by itself.
    """
    if (folder / "model_index.json").is_file():
        found = _pipeline(_read(folder / "model_index.json", card_file))
    else:
        config = _read(folder / "config.json", card_file)
        found = _speech_recogniser(folder, config) or _checkpoint(config)
    if isinstance(found, Recognised):
        return found
    raise InvalidInput(
        f"{found} is not a kind of model that can be taken by itself.",
        f"Write a {card_file} beside it that names loader and tasks.",
    )


def _read(path: Path, card_file: str) -> Mapping[str, Any]:
    try:
        config = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _unsaid(path, card_file, str(error)) from error
    if not isinstance(config, dict):
        raise _unsaid(path, card_file, "it is no object")
    return config


def _unsaid(path: Path, card_file: str, detail: str) -> InvalidInput:
    return InvalidInput(
        f"{path} does not say what the model is.",
        f"Write a {card_file} beside it that names loader and tasks.",
        detail,
    )


def _pipeline(index: Mapping[str, Any]) -> Recognised | str:
    name = str(index.get("_class_name", "an unnamed pipeline"))
    if not any(word in name for word in _OTHER_PIPELINES):
        for begin, (loader, tasks) in _BY_PIPELINE.items():
            if name.startswith(begin):
                return Recognised(loader, tasks, name)
    return name


def _speech_recogniser(folder: Path, config: Mapping[str, Any]) -> Recognised | None:
    """Whisper as CTranslate2 has it: no class in its config, the weights as model.bin."""
    if "architectures" in config or not (folder / "model.bin").is_file() or "alignment_heads" not in config:
        return None
    return Recognised("faster-whisper", ("automatic-speech-recognition",), "Whisper (CTranslate2)")


def _checkpoint(config: Mapping[str, Any]) -> Recognised | str:
    listed = config.get("architectures")
    name = str(listed[0]) if isinstance(listed, list) and listed else "A model that does not name its class"
    if "VisualQuestion" in name or name.startswith(_NEED_MORE):
        return name
    for end, (loader, tasks) in _BY_CLASS.items():
        if name.endswith(end):
            if end == "ForSequenceClassification":
                return _classifier(config, name, loader, tasks)
            return Recognised(loader, tasks, name)
    return name


def _classifier(config: Mapping[str, Any], name: str, loader: str, tasks: tuple[str, ...]) -> Recognised:
    """One score is a ranking, a class of what follows takes any labels; others have labels of their own."""
    labels = config.get("id2label")
    names = [str(label).lower() for label in labels.values()] if isinstance(labels, dict) else []
    if len(names) == 1 or config.get("num_labels") == 1:
        return Recognised("transformers-text-ranking", ("text-ranking",), name)
    if any(label.startswith("entail") for label in names):
        return Recognised(loader, ("zero-shot-classification", *tasks), name)
    return Recognised(loader, tasks, name)


def precision(paths: Iterable[Path]) -> str:
    """In which numbers most of the weights stand, and how many there are: `BF16, 0.5 billion numbers`.

    Empty where no file is a safetensors file that can be read.
    """
    counts: Counter[str] = Counter()
    for path in paths:
        if path.suffix == ".safetensors":
            counts.update(_numbers(path))
    if not counts:
        return ""
    total = sum(counts.values())
    size = f"{total / 1e9:.1f} billion" if total >= 5e8 else f"{total / 1e6:.1f} million"
    return f"{counts.most_common(1)[0][0]}, {size} numbers"


def is_whole(path: Path) -> bool:
    """Whether a safetensors file reaches as far as its header says."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length)) if length <= _MOST_HEADER_BYTES else {}
        ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
        return bool(path.stat().st_size >= 8 + length + max(ends, default=0) and header)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, struct.error):
        return False


def _numbers(path: Path) -> Counter[str]:
    """How many numbers of each kind a safetensors file holds; none where its header cannot be read."""
    counts: Counter[str] = Counter()
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length)) if length <= _MOST_HEADER_BYTES else {}
        for name, tensor in header.items():
            if name != "__metadata__":
                begin, end = tensor["data_offsets"]
                counts[tensor["dtype"]] += (end - begin) * 8 // _BITS.get(tensor["dtype"], 8)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error):
        return Counter()  # what is damaged is found when it is loaded
    return counts
