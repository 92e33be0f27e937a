"""Which family loads which models, for which task types, with which libraries.

Importing this module imports no family and none of their libraries.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from hgpt_desktop.core.errors import EnvironmentFault
from hgpt_desktop.core.models import ModelCard

if TYPE_CHECKING:
    from hgpt_desktop.experts.base import Expert

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Family:
    """One loader.

    Args:
        loader: its name in models.yaml.
        module: the module with `load(card, device) -> Expert`, mostly one below `hgpt_desktop.experts`.
        tasks: the task types that its experts can do (a model's card may name fewer).
        packages: what it imports, by import name.
        batches: how many inputs its experts take at once, see `base.BatchExpert`; 1: one at a time.
        version: of the adapter; to be raised when it gives other results for the same input and model. Kept
            results carry it.
    """

    loader: str
    module: str
    tasks: frozenset[str]
    packages: tuple[str, ...]
    batches: int = 1
    version: int = 1


def _family(
    loader: str, module: str, tasks: str, packages: str, batches: int = 1, version: int = 1
) -> Family:
    return Family(
        loader,
        f"hgpt_desktop.experts.{module}",
        frozenset(tasks.split()),
        tuple(packages.split()),
        batches,
        version,
    )


_LANGUAGES = "py3langid"  # which language a text is in
_TEXT = f"transformers torch safetensors {_LANGUAGES}"
_VISION = "transformers torch torchvision safetensors numpy PIL"
_SOUND = "transformers torch safetensors av numpy"
_DIFFUSION = f"diffusers transformers torch safetensors accelerate numpy PIL {_LANGUAGES}"

_ROWS: tuple[Family, ...] = (
    _family("rapidocr", "ocr", "optical-character-recognition", "rapidocr onnxruntime numpy PIL pypdfium2"),
    _family(
        "faster-whisper",
        "speech_recognition",
        "automatic-speech-recognition",
        "faster_whisper ctranslate2 av numpy",
    ),
    _family("piper", "text_to_speech", "text-to-speech", f"piper onnxruntime numpy {_LANGUAGES}"),
    _family("timm", "image_classification", "image-classification", "timm torch safetensors numpy PIL", 16),
    _family(
        "sentence-embedding",
        "sentence_embedding",
        "sentence-similarity feature-extraction text-ranking",
        f"{_TEXT} numpy",
    ),
    # Pictures, by transformers.
    _family(
        "transformers-image-to-text",
        "image_to_text",
        "image-to-text visual-question-answering document-question-answering",
        f"{_VISION} pypdfium2 {_LANGUAGES}",
    ),
    _family(
        "transformers-vqa",
        "visual_question_answering",
        "visual-question-answering",
        f"{_VISION} {_LANGUAGES}",
    ),
    _family(
        "transformers-document-qa",
        "document_question_answering",
        "document-question-answering",
        f"{_VISION} rapidocr onnxruntime pypdfium2 {_LANGUAGES}",
    ),
    _family(
        "transformers-object-detection", "object_detection", "object-detection", _VISION, batches=4, version=2
    ),
    _family(
        "transformers-zero-shot-detection",
        "zero_shot_object_detection",
        "zero-shot-object-detection",
        _VISION,
        version=2,
    ),
    _family("transformers-mask-generation", "mask_generation", "mask-generation", _VISION),
    _family("onnx-background-removal", "background_removal", "background-removal", "onnxruntime numpy PIL"),
    _family(
        "transformers-image-segmentation", "image_segmentation", "image-segmentation seg-control", _VISION
    ),
    _family(
        "transformers-depth",
        "depth_estimation",
        "depth-estimation normal-control",
        f"{_VISION} cv2",
        batches=4,
    ),
    _family(
        "transformers-image-classification",
        "image_classification_transformers",
        "image-classification",
        _VISION,
        batches=16,
    ),
    _family(
        "transformers-image-embedding",
        "image_embedding",
        "zero-shot-image-classification image-similarity image-feature-extraction",
        _VISION,
        batches=16,
    ),
    _family(
        "transformers-super-resolution",
        "image_super_resolution",
        "image-super-resolution",
        _VISION,
        version=2,
    ),
    _family(
        "transformers-video-classification",
        "video_classification",
        "video-classification",
        f"{_VISION} av",
    ),
    # Sound.
    _family("transformers-audio-classification", "audio_classification", "audio-classification", _SOUND),
    _family("transformers-audio-to-audio", "voice_conversion", "audio-to-audio", _SOUND),
    _family("onnx-speech-enhancement", "speech_enhancement", "audio-to-audio", "onnxruntime av numpy"),
    _family("onnx-source-separation", "source_separation", "audio-to-audio", "onnxruntime av numpy"),
    _family("onnx-voice-activity", "voice_activity", "voice-activity-detection", "onnxruntime av numpy"),
    _family("transformers-zero-shot-audio", "zero_shot_audio", "zero-shot-audio-classification", _SOUND),
    _family("transformers-text-to-audio", "text_to_audio", "text-to-audio", _TEXT),
    _family("diffusers-text-to-audio", "text_to_audio_diffusers", "text-to-audio", _DIFFUSION),
    # Texts and tables.
    _family(
        "transformers-text-classification",
        "text_classification",
        "text-classification zero-shot-classification",
        _TEXT,
        batches=16,
    ),
    _family("transformers-fill-mask", "fill_mask", "fill-mask", _TEXT),
    _family("transformers-text-ranking", "text_ranking", "text-ranking", _TEXT),
    _family("transformers-table-qa", "table_question_answering", "table-question-answering", _TEXT),
    _family(
        "transformers-token-classification", "token_classification", "token-classification", _TEXT, batches=16
    ),
    _family(
        "transformers-seq2seq",
        "sequence_to_sequence",
        "summarization translation text2text-generation",
        _TEXT,
    ),
    _family("transformers-question-answering", "question_answering", "question-answering", _TEXT),
    _family("table-learning", "tabular_classification", "tabular-classification", "torch"),
    # Exact tools without a model.
    _family(
        "tools",
        "tools",
        "arithmetic image-transform object-selection table-to-text table-calculation audio-cutting"
        " video-cutting video-to-image video-to-audio",
        "numpy PIL av",
    ),
    # Pictures and films made by diffusers.
    _family("diffusers-text-to-image", "text_to_image", "text-to-image", _DIFFUSION),
    _family("diffusers-image-to-image", "image_to_image", "image-to-image inpainting", _DIFFUSION),
    _family("diffusers-text-to-video", "text_to_video", "text-to-video image-to-video", f"{_DIFFUSION} av"),
    _family(
        "diffusers-controlnet",
        "controlled_text_to_image",
        "canny-text-to-image depth-text-to-image hed-text-to-image mlsd-text-to-image"
        " normal-text-to-image openpose-text-to-image seg-text-to-image",
        _DIFFUSION,
    ),
    # The guides for them.
    _family("opencv", "guides", "canny-control mlsd-control", "cv2 numpy PIL"),
    _family("hed", "soft_edges", "hed-control", "torch safetensors numpy PIL"),
    _family("transformers-pose", "pose", "keypoint-detection openpose-control", _VISION, version=2),
)

FAMILIES: Mapping[str, Family] = MappingProxyType({family.loader: family for family in _ROWS})
"""Every family by the name of its loader."""

_DISTRIBUTIONS: Mapping[str, str] = MappingProxyType(
    {
        "PIL": "pillow",
        "cv2": "opencv-python-headless",
        "faster_whisper": "faster-whisper",
        "piper": "piper-tts",
    }
)
"""What to install for an import name, where the two differ."""


ENTRY_POINTS = "hgpt_desktop.experts"
"""The group of entry points under which other packages offer families: the loader's name, and a `Family`."""


def family_of(loader: str) -> Family | None:
    """The family of that loader: one of our own, or else one that an installed package offers."""
    return FAMILIES.get(loader) or _from_outside(loader)


def adapter(loader: str) -> str:
    """The loader with the version of its adapter, `timm 1`; the name alone where it has no family."""
    family = family_of(loader)
    return loader if family is None else f"{loader} {family.version}"


def all_families() -> tuple[Family, ...]:
    """Our own families, then those of other packages."""
    names = sorted({point.name for point in metadata.entry_points(group=ENTRY_POINTS)} - FAMILIES.keys())
    return (*FAMILIES.values(), *filter(None, map(_from_outside, names)))


@cache
def _from_outside(loader: str) -> Family | None:
    """A family of another package. Its entry point is imported in the program too, so it must be light."""
    for point in metadata.entry_points(group=ENTRY_POINTS, name=loader):
        try:
            found = point.load()
        except Exception as error:  # noqa: BLE001 - the border to code that is not ours
            _log.warning("the experts of %s cannot be used: %s", point.value, error)
            continue
        if isinstance(found, Family) and found.loader == loader:
            return found
        _log.warning("the entry point %s = %s is not the family of that loader", loader, point.value)
    return None


def missing_packages(loader: str) -> tuple[str, ...]:
    """What would have to be installed for this loader, by the name to install; nothing if it can be used.

    Imports none of them. A loader without a family has nothing to install.
    """
    family = family_of(loader)
    if family is None:
        return ()
    return tuple(_DISTRIBUTIONS.get(name, name) for name in family.packages if not _is_there(name))


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):  # a parent that cannot be imported, a module without a spec
        return False


def load_expert(card: ModelCard, device: str) -> Expert:
    """The model in memory, ready to run. To be called in the expert host only: it imports the family.

    Args:
        device: `cpu` or `cuda:N`.

    Raises:
        EnvironmentFault: no family has this loader, or a library that it needs is not installed.
        ModelDamaged: the model's files are not what the loader expects.
        OutOfMemory: there is not enough memory on the device.
    """
    family = family_of(card.loader)
    if family is None:
        raise EnvironmentFault(
            f"{card.name} needs the loader {card.loader}, which this version does not have.",
            "Update the program, or choose another model.",
        )
    missing = [*missing_packages(card.loader), *(name for name in card.packages if not _is_there(name))]
    if missing:
        raise EnvironmentFault(
            f"{card.name} needs libraries that are not installed: {', '.join(missing)}.",
            f"Install them with `pip install {' '.join(missing)}`.",
        )
    module = importlib.import_module(family.module)
    return cast("Expert", module.load(card, device))
