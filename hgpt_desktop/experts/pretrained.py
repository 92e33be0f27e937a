"""Checkpoints of transformers: loaded from the model's folder only, safetensors only, stopped when asked.

What more than one family needs and that is neither a file's nor a picture's business.
"""

from __future__ import annotations

import gc
import importlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import Cancelled, ExecutionFailed, HgptError, ModelDamaged, OutOfMemory
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.experts.base import (
    ShouldStop,
    is_out_of_memory,
    loading,
    model_folder,
    module_bytes,
    stop_if,
)

if TYPE_CHECKING:
    import torch


_ON_GPU = {"model": 0.6, "sequential": 0.1}
_MOST_TOKENS_ON_CPU, _MOST_TOKENS_ON_GPU = 512, 8192  # that are read at once


class TorchExpert:
    """A model with its processor; a family's expert adds `run`."""

    def __init__(self, card: ModelCard, device: str, model: Any, processor: Any, *others: Any) -> None:
        self.card = card
        self.device = device
        self.model = model
        self.processor = processor
        self.resident_bytes = sum(module_bytes(module) for module in (model, *others))

    def option(self, name: str, default: Any) -> Any:
        """What the catalogue says for this model."""
        return self.card.options.get(name, default)

    def number(self, call: ExpertCall, name: str, default: float) -> float:
        """What the call says, or else the catalogue."""
        said = call.number(name)
        return float(self.option(name, default) if said is None else said)

    def close(self) -> None:
        """Let go of the model and give the device's memory back."""
        import torch

        self.model = self.processor = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


# ---------------------------------------------------------------- loading


def weights_dtype(card: ModelCard, device: str) -> torch.dtype:
    """float32 on the CPU; bfloat16 or, on older cards, float16 on a GPU; or the catalogue's `dtype`."""
    import torch

    if name := card.options.get("dtype"):
        return {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}[name]
    if not device.startswith("cuda"):
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def load_model(class_name: str, card: ModelCard, device: str, subfolder: str = "") -> Any:
    """A model of transformers, ready to run on the device.

    Args:
        class_name: a class of transformers, mostly an Auto class.
        subfolder: where it stands in the model's folder; "" is the folder itself.

    Raises:
        EnvironmentFault, ModelMissing, ModelDamaged, OutOfMemory: as `base.loading` says.
    """
    folder = model_folder(card) / subfolder
    with loading(card):
        if not any(folder.glob("*.safetensors")):
            raise _incomplete(card, "it has no safetensors file")
        place = _in_parts(card, device, folder)
        model = _transformers(class_name).from_pretrained(
            str(folder),
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=weights_dtype(card, device),
            **place,
        )
        return (model if place else model.to(device)).eval()


def _in_parts(card: ModelCard, device: str, folder: Path) -> dict[str, Any]:
    """How a model is spread over a GPU and the processor, by the card's option `offload`; {}: it is not.

    `model` leaves 60 % of the weights on the GPU, `sequential` 10 %; the rest comes as it is used.
    """
    share = _ON_GPU.get(str(card.options.get("offload")))
    if share is None or not device.startswith("cuda"):
        return {}
    weights_bytes = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    index = int(device.partition(":")[2] or 0)
    return {
        "device_map": "auto",
        "max_memory": {index: int(share * weights_bytes), "cpu": 2 * weights_bytes + 2**30},
    }


def load_processor(class_name: str, card: ModelCard, subfolder: str = "") -> Any:
    """A processor, image processor, feature extractor or tokenizer of transformers."""
    folder = model_folder(card) / subfolder
    with loading(card):
        return _transformers(class_name).from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False
        )


def model_config(card: ModelCard, name: str = "config.json") -> dict[str, Any]:
    """A JSON file of the model, as it stands there."""
    folder = model_folder(card)
    with loading(card):
        try:
            config = json.loads((folder / name).read_text(encoding="utf-8"))
        except OSError as error:
            raise _incomplete(card, f"its {name} is missing") from error
        if not isinstance(config, dict):
            raise _incomplete(card, f"its {name} is not an object")
        return config


def _transformers(class_name: str) -> Any:
    transformers: Any = importlib.import_module("transformers")
    transformers.utils.logging.disable_progress_bar()
    return getattr(transformers, class_name)


def _incomplete(card: ModelCard, why: str) -> ModelDamaged:
    return ModelDamaged(
        f"{card.name} cannot be loaded: {why}.",
        f"`hgpt models repair {card.id}` checks its files and fetches the bad ones again.",
    )


# ---------------------------------------------------------------- running


@contextmanager
def running(card: ModelCard) -> Iterator[None]:
    """Run a torch model without gradients; errors as `running_library` turns them."""
    import torch

    with running_library(card), torch.inference_mode():
        yield


@contextmanager
def running_library(card: ModelCard) -> Iterator[None]:
    """Turn what a library raises while it works into our errors.

    Raises:
        OutOfMemory: the device's memory is exhausted.
        ExecutionFailed: anything else; the library's own words are in `detail`.
    """
    try:
        yield
    except (HgptError, Cancelled):
        raise
    except Exception as error:  # the border to libraries that raise anything on an unusual input
        if is_out_of_memory(error):
            raise OutOfMemory(
                f"There is not enough memory to run {card.name}.",
                "Use a smaller file, close other programs, or choose a smaller model.",
                str(error),
            ) from error
        raise ExecutionFailed(
            f"{card.name} failed on this input.",
            "Try another model or another file.",
            f"{type(error).__name__}: {error}",
        ) from error


@contextmanager
def seeded(call: ExpertCall) -> Iterator[None]:
    """Draw random numbers from the call's seed; the process's own sequence goes on as before."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(call.seed if call.seed is not None else torch.seed())
        yield


def watch_tokens(
    on_progress: OnProgress,
    should_stop: ShouldStop,
    most_tokens: int,
    message: str,
    done: float = 0.0,
    share: float = 1.0,
) -> Any:
    """A `StoppingCriteriaList` for `generate`: it reports each token and leaves by `Cancelled`.

    Args:
        most_tokens: how many tokens may come.
        done: what part of the whole work lay behind when this text began, 0..1.
        share: what part of the whole work this text is.
    """
    import torch

    transformers: Any = importlib.import_module("transformers")

    class Watch(transformers.StoppingCriteria):  # type: ignore[misc]  # the library is not typed
        def __init__(self) -> None:
            self.tokens = 0

        def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
            stop_if(should_stop)
            self.tokens += 1
            on_progress(min(1.0, done + share * min(1.0, self.tokens / most_tokens)), message)
            return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)

    return transformers.StoppingCriteriaList([Watch()])


def to_model(inputs: Any, model: Any) -> dict[str, Any]:
    """A processor's output on the model's device; floating-point tensors in the model's precision."""
    return {
        name: value.to(model.device, model.dtype if value.is_floating_point() else None)
        for name, value in inputs.items()
        if hasattr(value, "is_floating_point")
    }


Window = dict[str, list[int]]
"""A piece of a text as a model reads it: its tokens, and what the tokenizer says of each."""


def windows_together(windows: Sequence[Window], model: Any) -> Iterator[list[int]]:
    """The places of windows that are read at once: of like lengths, and few enough for a stop to be soon."""
    most = _MOST_TOKENS_ON_GPU if str(model.device).startswith("cuda") else _MOST_TOKENS_ON_CPU
    some: list[int] = []
    for place in sorted(range(len(windows)), key=lambda place: len(windows[place]["input_ids"])):
        if some and len(windows[place]["input_ids"]) * (len(some) + 1) > most:
            yield some
            some = []
        some.append(place)
    if some:
        yield some


def filled_up(tokenizer: Any, windows: Sequence[Window], model: Any) -> dict[str, Any]:
    """Windows as one input of the model, the shorter ones filled up."""
    names = [name for name in tokenizer.model_input_names if name in windows[0]]
    together = {name: [window[name] for window in windows] for name in names}
    return to_model(tokenizer.pad(together, padding_side="right", return_tensors="pt"), model)


def probabilities(logits: torch.Tensor, config: Any) -> torch.Tensor:
    """Scores 0..1 over the last axis, in float32: each by itself where several labels may hold at once."""
    if getattr(config, "problem_type", None) == "multi_label_classification":
        return logits.float().sigmoid()
    return logits.float().softmax(dim=-1)


def ranked(scores: torch.Tensor, config: Any, most: int) -> list[dict[str, Any]]:
    """The best labels with their scores, best first: `{"label", "score"}`, ready for JSON.

    Args:
        scores: (labels,), as `probabilities` gives them.
    """
    best = scores.topk(min(most, scores.shape[-1]))
    return [
        {"label": label_of(config, int(index)), "score": round(float(score), 4)}
        for score, index in zip(best.values, best.indices, strict=True)
    ]


def label_of(config: Any, index: int) -> str:
    """The name of a class."""
    return str(getattr(config, "id2label", {}).get(index, f"class {index}"))


def in_words(labels: Sequence[dict[str, Any]]) -> str:
    """Labels with their scores: `tabby (0.87), tiger cat (0.11)`."""
    return ", ".join(f"{entry['label']} ({entry['score']:.2f})" for entry in labels)


def longest_input(tokenizer: Any, config: Any, default: int = 512) -> int:
    """How many tokens a model reads at once: the lesser of what tokenizer and model say."""
    positions = getattr(config, "max_position_embeddings", None)
    if isinstance(positions, int) and getattr(config, "model_type", "") in _POSITIONS_AFTER_PADDING:
        positions -= (config.pad_token_id or 0) + 1
    limits = [
        limit
        for limit in (getattr(tokenizer, "model_max_length", None), positions)
        if isinstance(limit, int) and 0 < limit < 1_000_000  # "no limit" is a very large number
    ]
    return min(limits, default=default)


_POSITIONS_AFTER_PADDING = frozenset(
    {"roberta", "xlm-roberta", "camembert", "roberta-prelayernorm", "longformer", "mpnet", "data2vec-text"}
)
"""Architectures that number positions from the padding index on, so that the first are never used."""


def folder_of(card: ModelCard, other_id: str) -> Path:
    """The folder of another model, installed beside this one."""
    return model_folder(card).parent / other_id
