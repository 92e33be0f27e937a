"""The host of language models that read pictures: GGUF files with a projector, by llama.cpp.

A process of its own beside the controller's, so that the language model that plans stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hgpt_desktop.core.errors import Cancelled, ExecutionFailed, HgptError, ModelDamaged
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    model_file,
    required_path,
    required_text,
    stop_if,
    write_text,
)
from hgpt_desktop.experts.pages import open_page
from hgpt_desktop.hosts.chat_prompt import chat_frames
from hgpt_desktop.hosts.engine import Sampling, Stopped
from hgpt_desktop.hosts.expert_host import ExpertVerbs, lane_of
from hgpt_desktop.hosts.generating import StreamedText
from hgpt_desktop.hosts.llama_host import LlamaEngine
from hgpt_desktop.hosts.llama_sight import LlamaSight
from hgpt_desktop.hosts.serving import Serving, begin
from hgpt_desktop.hosts.surroundings import usable_cores

SIGHT_TASKS = frozenset(
    {
        "image-to-text",
        "visual-question-answering",
        "document-question-answering",
        "optical-character-recognition",
    }
)
"""The task types that such a model can do."""

_SAID = {
    "image-to-text": "Describe this picture in one sentence.",
    "optical-character-recognition": "Write out all text in this picture, line by line, and nothing else.",
}
_CONTEXT_TOKENS = 4096
_LONGEST_PX = 1600


class PictureReader:
    """Options: `said` (what the model is told, for each task type that asks no question), `most_tokens` (300,
    for text recognition 1500), `longest_px` (1600), the longer side that is looked at.
    """  # fmt: skip

    def __init__(self, card: ModelCard, engine: LlamaEngine, sight: LlamaSight, projector_bytes: int) -> None:
        self.card = card
        self.engine = engine
        self.sight = sight
        self.resident_bytes = engine.resident_bytes + projector_bytes

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """What the model writes about the picture, as a text.

        Data: `{"caption"}`, or `{"question", "answers": [{"label"}]}`; none for recognised text.
        """
        said = dict(_SAID) | dict(self.card.options.get("said", {}))
        asked = said.get(call.task) or required_text(call, "question")
        given = "document" if call.task == "document-question-answering" else "image"
        image = open_page(required_path(call, given)).image
        longest = int(self.card.options.get("longest_px", _LONGEST_PX))
        image.thumbnail((longest, longest))
        stop_if(should_stop)
        on_progress(None, "looking at the picture")
        before, after = chat_frames(self.engine, ["user"])
        most = int(self.card.options.get("most_tokens", 1500 if "recognition" in call.task else 300))
        try:
            self.sight.see(before, image.tobytes(), image.width, image.height, asked, after, should_stop)
            written = self._written(most, call.seed or 0, on_progress, should_stop)
        except Stopped:
            raise Cancelled from None
        if not written:
            raise ExecutionFailed(
                f"{self.card.name} found no words for the picture.", f"Try another model for {call.task}."
            )
        if call.task == "optical-character-recognition":
            return (write_text(call, written),)
        if call.task == "image-to-text":
            return (write_text(call, written, {"caption": written}),)
        return (write_text(call, written, {"question": asked, "answers": [{"label": written}]}),)

    def _written(self, most: int, seed: int, on_progress: OnProgress, should_stop: ShouldStop) -> str:
        text = StreamedText((), lambda _: None)
        sampler = self.engine.sampler(Sampling(0.0, seed, None))
        try:
            for count in range(1, most + 1):
                token = sampler.sample()
                if token is None or text.add(self.engine.piece(token)):
                    break
                on_progress(count / most, "writing about the picture")
                if count == most or self.engine.length + 1 >= self.engine.context_tokens:
                    break
                self.engine.append([token], should_stop)
        finally:
            sampler.close()
        return text.end().strip()

    def close(self) -> None:
        """Give the memory back."""
        self.sight.close()
        self.engine.close()


def load_reader(card: ModelCard, device: str) -> Expert:
    """The language model with its projector.

    Options: `model` and `projector` (the files' names), `gpu_layers`, `picture_tokens` (1024), how much of
    the context a picture may take.

    Raises:
        ModelMissing, ModelDamaged, OutOfMemory, EnvironmentFault: it cannot be loaded.
    """
    model = model_file(card, str(card.options.get("model", "model.gguf")))
    projector = model_file(card, str(card.options.get("projector", "projector.gguf")))
    for path in (model, projector):
        _check_begins_as_gguf(card, path)
    threads, layers = usable_cores(), int(card.options.get("gpu_layers", -1))
    engine = LlamaEngine(model, str(model), device, _CONTEXT_TOKENS, threads, lambda _: True, layers)
    try:
        sight = engine.open_sight(projector, threads, int(card.options.get("picture_tokens", 1024)))
    except HgptError:
        engine.close()
        raise
    return PictureReader(card, engine, sight, projector.stat().st_size)


def _check_begins_as_gguf(card: ModelCard, path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ModelDamaged(
                f"The file {path.name} of the model {card.id} is damaged.",
                f"Mend it with `hgpt models repair {card.id}`.",
            )


def main(arguments: Sequence[str]) -> None:
    """Run as a host process.

    Args:
        arguments: parent's process id, log path.
    """
    parent, log_path = arguments
    pipe = begin(int(parent))
    hint = f"Please report it with the file {log_path}."
    Serving(pipe, ExpertVerbs(load_reader).handlers, lane_of, hint).run_for_ever()
