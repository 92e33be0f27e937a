"""Pipelines of diffusers: loading them from disk, steering them step by step, one way for all families."""

from __future__ import annotations

import gc
import importlib
import inspect
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import ExecutionFailed, ModelDamaged, ModelMissing
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, loading, module_bytes, stop_if
from hgpt_desktop.experts.descriptions import with_description
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.media import refuse_narrow
from hgpt_desktop.experts.pretrained import weights_dtype

if TYPE_CHECKING:
    import torch
    from PIL import Image

SETTINGS = (
    "num_inference_steps",
    "guidance_scale",
    "negative_prompt",
    "true_cfg_scale",
    "image_guidance_scale",
)
"""What a card's options may set for every call, by the pipelines' own names, beside a family's own."""


class PipelineExpert:
    """A pipeline in memory; a family's expert adds `run`."""

    def __init__(self, card: ModelCard, device: str, pipeline: Any) -> None:
        self.card = card
        self.device = device
        self.pipeline = pipeline
        self.resident_bytes = sum(
            module_bytes(part) for part in pipeline.components.values() if hasattr(part, "parameters")
        )

    def option(self, name: str, default: Any) -> Any:
        """What the catalogue says for this model."""
        return self.card.options.get(name, default)

    def settings(self, call: ExpertCall, **wanted: Any) -> dict[str, Any]:
        """The card's settings, the call's and the wanted ones, without what this pipeline does not take."""
        known = inspect.signature(self.pipeline.__call__).parameters
        chosen = {name: self.card.options[name] for name in SETTINGS if name in self.card.options}
        wanted["num_inference_steps"] = self.steps(call, wanted.get("strength") or 1.0)
        return {
            name: value for name, value in (chosen | wanted).items() if name in known and value is not None
        }

    def with_description(self, description: str, settings: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """As `descriptions.with_description`; the sentence says it too where it is in another language.

        Raises:
            ExecutionFailed: it is in a script that the model does not know.
        """
        refuse_script(self.card, description)
        told, cut = with_description(self.pipeline, self.card, description, settings)
        return told, " ".join(filter(None, (cut, language_note(self.card, description))))

    def number(self, call: ExpertCall, name: str, default: float | None = None) -> float | None:
        """What the call says, or else the catalogue."""
        said = call.number(name)
        return self.option(name, default) if said is None else said

    @property
    def few_steps(self) -> bool:
        """Whether the pipeline was made for few steps (LCM): it spreads them over what is left to be done."""
        return "original_inference_steps" in inspect.signature(self.pipeline.__call__).parameters

    def steps(self, call: ExpertCall, strength: float = 1.0) -> int:
        """How many steps a call takes: its own number, the card's, or what the pipeline does by itself.

        Args:
            strength: how much of a picture is drawn anew, 0..1. A pipeline for few steps picks them from
                those that it learned for that part, so it takes no more.
        """
        own = inspect.signature(self.pipeline.__call__).parameters["num_inference_steps"].default
        steps = int(call.number("steps") or self.card.options.get("num_inference_steps") or own or 50)
        if self.few_steps:
            learned = int(self.pipeline.scheduler.config.original_inference_steps)
            return max(1, min(steps, int(learned * strength)))
        return steps

    def close(self) -> None:
        """Let go of the pipeline and give the device's memory back."""
        import torch

        self.pipeline = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


class ByTask:
    """Experts of one model, one for each of its task types; they share its parts."""

    def __init__(self, experts: Mapping[str, Expert]) -> None:
        self.experts = dict(experts)
        self.resident_bytes = max(expert.resident_bytes for expert in experts.values())

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """As the expert for the call's task type does.

        Raises:
            ExecutionFailed: the model cannot do it.
        """
        if call.task not in self.experts:
            raise ExecutionFailed(f"This model cannot do {call.task}.", "Choose another model.")
        return self.experts[call.task].run(call, on_progress, should_stop)

    def close(self) -> None:
        """Let go of all."""
        for expert in self.experts.values():
            expert.close()


def load_pipeline(class_name: str, card: ModelCard, device: str, folder: Path, **parts: Any) -> Any:
    """A pipeline from a folder, on the device.

    Args:
        class_name: a class of diffusers, mostly an Auto class.
        parts: components that are loaded already (`controlnet`).

    The card's options: `variant` (the weights' file names carry it), `offload` (`model`: parts go to the GPU
    when they are needed, `sequential`: layer by layer), `tiling` (pictures are decoded in tiles), `slicing`
    (attention is worked out in slices), `without` (components not to be loaded, such as a
    checker of pictures).

    Raises:
        ModelMissing: the folder is not there.
        EnvironmentFault, ModelDamaged, OutOfMemory: see `base.loading`.
    """
    if not (folder / "model_index.json").is_file():
        if folder.is_dir():
            raise ModelDamaged(
                f"{card.name} cannot be loaded: its model_index.json is missing.",
                f"`hgpt models repair {card.id}` fetches it again.",
            )
        raise ModelMissing(
            f"{card.name} needs the model {folder.name}, which is not installed.",
            f"`hgpt models install {folder.name}` installs it.",
        )
    with loading(card):
        diffusers: Any = importlib.import_module("diffusers")
        diffusers.utils.logging.disable_progress_bar()
        pipeline = getattr(diffusers, class_name).from_pretrained(
            str(folder),
            local_files_only=True,
            use_safetensors=True,
            variant=card.options.get("variant"),
            dtype=_precision(card, device, folder),
            **dict.fromkeys(card.options.get("without", ())),
            **parts,
        )
        pipeline.set_progress_bar_config(disable=True)
        return _placed(pipeline, card, device)


def with_parts_of(pipeline: Any, class_name: str) -> Any:
    """Another pipeline made of the parts of one that is loaded: nothing is read or copied."""
    diffusers: Any = importlib.import_module("diffusers")
    classes = getattr(diffusers, class_name)
    if class_name.startswith("AutoPipeline"):
        made = classes.from_pipe(pipeline)
    else:
        known = inspect.signature(classes.__init__).parameters
        parts = {**pipeline.config, **pipeline.components}
        made = classes(**{name: part for name, part in parts.items() if name in known})
    made.set_progress_bar_config(disable=True)
    return made


def _precision(card: ModelCard, device: str, folder: Path) -> Any:
    """One precision for all parts, but for Wan's decoder, whose pictures break below float32."""
    dtype = weights_dtype(card, device)
    if '"AutoencoderKLWan"' in (folder / "model_index.json").read_text(encoding="utf-8"):
        import torch

        return {"vae": torch.float32, "default": dtype}
    return dtype


def _placed(pipeline: Any, card: ModelCard, device: str) -> Any:
    if device.startswith("cuda") and (offload := card.options.get("offload")):
        place = {
            "model": pipeline.enable_model_cpu_offload,
            "sequential": pipeline.enable_sequential_cpu_offload,
        }[offload]
        place(device=device)
    else:
        pipeline = pipeline.to(device)
    if card.options.get("slicing"):
        pipeline.enable_attention_slicing()
    steps = ["enable_slicing", *(["enable_tiling"] if card.options.get("tiling") else [])]
    for name in steps:
        if switch := getattr(getattr(pipeline, "vae", None), name, None):
            switch()
    return pipeline


def dice(call: ExpertCall) -> tuple[torch.Generator, int]:
    """The source of a call's random numbers, the same on every device, and its seed."""
    import torch

    seed = call.seed if call.seed is not None else random.getrandbits(48)
    return torch.Generator("cpu").manual_seed(seed), seed


def watch_steps(
    on_progress: OnProgress, should_stop: ShouldStop, steps: int
) -> Callable[[Any, int, Any, dict[str, Any]], dict[str, Any]]:
    """For `callback_on_step_end`: it reports each step and leaves by `Cancelled`."""
    taken = 0

    def after_step(_pipeline: Any, _step: int, _time: Any, values: dict[str, Any]) -> dict[str, Any]:
        nonlocal taken
        stop_if(should_stop)
        taken += 1
        total = max(steps, taken)
        on_progress(taken / (total + 1), f"step {taken} of {total}")  # decoding the result is one step more
        return values

    return after_step


def fitted(image: Image.Image, longest_px: int, multiple: int) -> Image.Image:
    """The picture with `longest_px` at most on its longer side, both sides a multiple of `multiple`.

    Raises:
        InvalidInput: it is so narrow that it would be stretched.
    """
    from PIL import Image

    refuse_narrow(*image.size)
    factor = min(1.0, longest_px / max(image.size))
    width, height = (max(multiple, round(side * factor / multiple) * multiple) for side in image.size)
    if (width, height) == image.size:
        return image
    return image.resize((width, height), Image.Resampling.LANCZOS)
