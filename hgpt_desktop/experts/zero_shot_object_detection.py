"""Things found by their names, whatever these are: Grounding DINO and OWLv2 by transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    noted,
    required_names,
    required_path,
    stop_if,
    write_image,
    write_text,
)
from hgpt_desktop.experts.drawing import with_detections
from hgpt_desktop.experts.languages import refuse_script
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    load_model,
    load_processor,
    longest_input,
    running,
    to_model,
)
from hgpt_desktop.experts.shortening import shortened, tokens_in
from hgpt_desktop.experts.structures import Detections
from hgpt_desktop.experts.tiling import Finding, found_in_parts, partly

if TYPE_CHECKING:
    from PIL import Image

_LONGEST_PX = 1600  # the models look at 960 to 1333 pixels
_PHRASE = "a photo of"
_MOST_NAMES = 32  # at once, where each is asked by itself
_SAME_PLACE = 0.6  # boxes that overlap more than this are one thing


class NamedThingFinder(TorchExpert):
    """Options: `threshold` (by default 0.3, OWLv2 0.15), the least score of a thing that counts."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A text that counts and lists the things, and the picture with their boxes.

        Data of both: `structures.Detections`, the labels as they were asked for.
        """
        wanted = required_names(call, "labels")
        refuse_script(self.card, ", ".join(wanted))
        groups, notes = self._groups(wanted)
        picture = open_image(required_path(call, "image"))
        stop_if(should_stop)
        on_progress(0.1, "looking for " + ", ".join(wanted))
        with running(self.card):
            found = found_in_parts(
                picture.image.size,
                lambda part: self._found_by_groups(call, picture.image.crop(part), groups, should_stop),
                partly(on_progress, 0.1, 0.7),
                should_stop,
            )
        stop_if(should_stop)
        on_progress(0.8, "drawing the boxes")
        objects = Detections.of(picture, found).without_doubles(_SAME_PLACE)
        data = objects.to_json()
        made = [
            write_text(call, objects.in_words(), data),
            write_image(call, with_detections(picture, objects), data),
        ]
        return noted(made, *notes)

    def _groups(self, wanted: list[str]) -> tuple[list[dict[str, str]], list[str]]:
        """The names, as many together as the model reads, and what was left out of those too long.

        Each name as it is read stands for the one that was asked for.
        """
        tokenizer, config = self.processor.tokenizer, self.model.config
        room = longest_input(tokenizer, config.get_text_config())
        room = min(room, int(getattr(config, "max_text_len", room)))
        room -= int(tokenizer.num_special_tokens_to_add())
        if not self._in_one_sentence():
            room -= tokens_in(tokenizer, _PHRASE)
        groups: list[dict[str, str]] = [{}]
        notes, used = [], 0
        for name in wanted:
            read, note = shortened(self.card, "name", name, tokenizer, room - 1)
            length = tokens_in(tokenizer, read) + 1  # and the full stop behind it
            full = used + length > room if self._in_one_sentence() else len(groups[-1]) == _MOST_NAMES
            if full and groups[-1]:
                groups.append({})
                used = 0
            groups[-1].setdefault(read, name)
            notes.append(note)
            used += length
        return groups, notes

    def _in_one_sentence(self) -> bool:
        """Whether the model is asked several names in one sentence, as Grounding DINO is."""
        return "dino" in self.model.config.model_type

    def _longest_px(self) -> int:
        """Twice what the model looks at is enough: OWLv2 smooths before it scales, slowly if by much."""
        size: Any = self.processor.image_processor.size
        return min(_LONGEST_PX, 2 * int(size.get("height") or _LONGEST_PX))

    def _found_by_groups(
        self, call: ExpertCall, image: Image.Image, groups: list[dict[str, str]], should_stop: ShouldStop
    ) -> list[Finding]:
        found: list[Finding] = []
        for names in groups:
            stop_if(should_stop)
            found += [
                (names[read], score, edges) for read, score, edges in self._found(call, image, list(names))
            ]
        return found

    def _found(self, call: ExpertCall, image: Image.Image, names: list[str]) -> list[Finding]:
        grounded = self._in_one_sentence()
        asked: Any = [names] if grounded else [[f"{_PHRASE} {name}" for name in names]]
        seen = image.copy()
        longest = self._longest_px()
        seen.thumbnail((longest, longest))
        inputs = self.processor(images=seen, text=asked, return_tensors="pt")
        outputs = self.model(**to_model(inputs, self.model))
        more = {"input_ids": inputs["input_ids"]} if grounded else {"text_labels": [names]}
        result = self.processor.post_process_grounded_object_detection(
            outputs,
            threshold=self.number(call, "threshold", 0.3 if grounded else 0.15),
            target_sizes=[(image.height, image.width)],
            **more,
        )[0]
        labels = [name_meant(words, names) for words in result["text_labels"]]
        scores, boxes = result["scores"].tolist(), result["boxes"].float().tolist()
        return [
            (label, score, edges)
            for label, score, edges in zip(labels, scores, boxes, strict=True)
            if label is not None
        ]


def name_meant(words: str, names: Sequence[str]) -> str | None:
    """The name that some words of it stand for: Grounding DINO gives back the words that it saw.

    None where there are no words, or they belong to none of the names.
    """
    if words in names:
        return words
    seen = set(words.lower().split())
    shared = [len(seen.intersection(name.lower().split())) / len(name.split()) for name in names]
    best = max(range(len(names)), key=shared.__getitem__)
    return names[best] if shared[best] else None


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForZeroShotObjectDetection` with its processor."""
    processor = load_processor("AutoProcessor", card)
    model = load_model("AutoModelForZeroShotObjectDetection", card, device)
    return NamedThingFinder(card, device, model, processor)
