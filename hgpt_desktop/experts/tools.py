"""Small exact tools that plans need and no model should guess. They load nothing and need no files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts import exact_arithmetic, exact_media, exact_pictures, exact_tables
from hgpt_desktop.experts.base import Expert, ShouldStop

Tool = Callable[[ExpertCall, OnProgress, ShouldStop], tuple[Resource, ...]]

TOOLS: Mapping[str, Tool] = {
    "arithmetic": exact_arithmetic.work_out,
    "image-transform": exact_pictures.change_picture,
    "object-selection": exact_pictures.pick_objects,
    "table-to-text": exact_tables.as_text,
    "table-calculation": exact_tables.work_out,
    "audio-cutting": exact_media.cut_sound,
    "video-cutting": exact_media.cut_film,
    "video-to-image": exact_media.pictures_of_film,
    "video-to-audio": exact_media.sound_of_film,
}
"""Each task type with the function that does it."""


class Toolbox:
    """Runs the tool that a call names."""

    resident_bytes = 0

    def __init__(self, card: ModelCard) -> None:
        self._card = card

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """What the task's tool makes; each says itself what."""
        tool = TOOLS.get(call.task)
        if tool is None:
            raise ExecutionFailed(f"{self._card.name} has no tool for {call.task}.", "Choose another model.")
        return tool(call, on_progress, should_stop)

    def close(self) -> None:
        """There is nothing to let go of."""


def load(card: ModelCard, device: str) -> Expert:
    """Nothing is loaded; libraries are imported by the tool that needs them."""
    return Toolbox(card)
