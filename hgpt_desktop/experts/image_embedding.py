"""Pictures as vectors: compared with words that are given (CLIP, SigLIP), with one another, or given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import HgptError, InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    alone,
    noted,
    required_names,
    required_path,
    stop_if,
    together,
    write_json,
    write_text,
)
from hgpt_desktop.experts.languages import refuse_script
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    in_words,
    load_model,
    load_processor,
    longest_input,
    model_config,
    running,
    to_model,
)
from hgpt_desktop.experts.shortening import shortened, tokens_in

if TYPE_CHECKING:
    import torch
    from PIL import Image

_WORKING_PX = 1_000_000  # the networks see a few hundred pixels a side
_MOST_LABELS = 64  # at once
_WITH_WORDS = ("clip", "siglip", "align", "altclip")


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The pictures of a call, and the labels to choose from where there are any."""

    labels: tuple[str, ...]
    images: list[Image.Image]


class PictureEncoder(TorchExpert):
    """Options: `sentence` (what a label is put into, at `{}`)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The labels with their scores, how alike two pictures are, or a picture's vector as a table.

        Data: `[{"label", "score"}]`, best first, all together 1; `{"score"}`, the cosine; or `{"vectors",
        "dimensions", "first_numbers"}`, the whole vector, of length 1, being in the file.
        """
        return alone(self.run_together([call], on_progress, should_stop))

    def run_together(
        self, calls: Sequence[ExpertCall], on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[tuple[Resource, ...] | HgptError]:
        """As `run`, for several calls at once."""

        def prepare(call: ExpertCall) -> _Seen:
            stop_if(should_stop)
            labels = self._labels(call) if call.task == "zero-shot-image-classification" else ()
            names = ("image", "other_image") if call.task == "image-similarity" else ("image",)
            return _Seen(labels, [open_image(required_path(call, name), _WORKING_PX).image for name in names])

        def work(seen: list[_Seen]) -> list[torch.Tensor]:
            on_progress(0.1, "looking at the picture" if len(seen) == 1 else "looking at the pictures")
            with running(self.card):
                return self._found(seen, should_stop)

        def finish(call: ExpertCall, seen: _Seen, found: torch.Tensor) -> tuple[Resource, ...]:
            stop_if(should_stop)
            if call.task == "zero-shot-image-classification":
                return self._classified(call, found)
            if call.task == "image-similarity":
                score = round(float((found[0] @ found[1]).clamp(-1, 1)), 4)
                return (write_text(call, f"{score:.2f}", {"score": score}),)
            return (self._vector(call, found[0]),)

        return together(calls, prepare, work, finish)

    def _labels(self, call: ExpertCall) -> tuple[str, ...]:
        """The labels of a call.

        Raises:
            InvalidInput: there is none to choose from.
        """
        names = required_names(call, "labels")
        refuse_script(self.card, ", ".join(names))
        if len(names) < 2:
            raise InvalidInput(
                "There is only one label to choose from.", "Give two or more, with commas: `cat, dog, bird`."
            )
        return tuple(names)

    def _found(self, seen: list[_Seen], should_stop: ShouldStop) -> list[torch.Tensor]:
        """For each call a score for each of its labels, or the vectors of its pictures."""
        import torch

        found: dict[int, torch.Tensor] = {}
        for labels in dict.fromkeys(one.labels for one in seen):
            stop_if(should_stop)
            places = [place for place, one in enumerate(seen) if one.labels == labels]
            images = [image for place in places for image in seen[place].images]
            rows = iter(self._fitting(labels, images, should_stop) if labels else self._encoded(images))
            for place in places:
                own = [next(rows) for _ in seen[place].images]
                found[place] = own[0] if labels else torch.stack(own)
        return [found[place] for place in range(len(seen))]

    def _read(self, labels: Sequence[str]) -> list[tuple[str, str]]:
        """Each label as far as the model reads it, and what is said of the rest."""
        tokenizer = self.processor.tokenizer
        room = longest_input(tokenizer, self.model.config.get_text_config())
        room -= tokens_in(tokenizer, self._sentence()) + int(tokenizer.num_special_tokens_to_add())
        return [shortened(self.card, "label", label, tokenizer, room) for label in labels]

    def _sentence(self) -> str:
        return str(self.option("sentence", "This is a photo of {}."))

    def _fitting(
        self, labels: Sequence[str], images: list[Image.Image], should_stop: ShouldStop
    ) -> torch.Tensor:
        """(pictures, labels) 0..1: SigLIP scores each label by itself; here one is to be chosen."""
        import torch

        texts = [self._sentence().replace("{}", kept) for kept, _ in self._read(labels)]
        logits = []
        for start in range(0, len(texts), _MOST_LABELS):
            stop_if(should_stop)
            inputs = self.processor(
                text=texts[start : start + _MOST_LABELS],
                images=images,
                return_tensors="pt",
                truncation=True,  # of a sentence that leaves no room for a label
                **self._padding(),
            )
            logits.append(self.model(**to_model(inputs, self.model)).logits_per_image)  # (pictures, labels)
        return torch.cat(logits, dim=1).float().softmax(dim=-1)

    def _classified(self, call: ExpertCall, scores: torch.Tensor) -> tuple[Resource, ...]:
        names = required_names(call, "labels")
        labels: list[dict[str, Any]] = [
            {"label": name, "score": round(score, 4)}
            for name, score in zip(names, scores.tolist(), strict=True)
        ]
        labels.sort(key=lambda one: -float(one["score"]))
        return noted([write_text(call, in_words(labels), labels)], *(note for _, note in self._read(names)))

    def _padding(self) -> dict[str, Any]:
        """SigLIP was trained on texts filled up to one length."""
        text = getattr(self.model.config, "text_config", None)
        if text is None or "siglip" not in self.model.config.model_type:
            return {"padding": True}
        return {"padding": "max_length", "max_length": text.max_position_embeddings}

    def _vector(self, call: ExpertCall, vector: torch.Tensor) -> Resource:
        numbers = [round(number, 6) for number in vector.tolist()]
        return write_json(
            call,
            {
                "model": self.card.id,
                "dimensions": len(numbers),
                "pictures": [required_path(call, "image").name],
                "vectors": [numbers],
            },
            data={"vectors": 1, "dimensions": len(numbers), "first_numbers": numbers[:8]},
        )

    def _encoded(self, images: list[Image.Image]) -> torch.Tensor:
        """(pictures, dimensions) float32 on the processor, each of length 1."""
        import torch

        inputs = to_model(self.processor(images=images, return_tensors="pt"), self.model)
        made = getattr(self.model, "get_image_features", self.model)(**inputs)
        pooled = getattr(made, "pooler_output", None)
        vectors = made.last_hidden_state[:, 0] if pooled is None else pooled
        return torch.nn.functional.normalize(vectors.float(), dim=-1).cpu()


def load(card: ModelCard, device: str) -> Expert:
    """CLIP and its like by `AutoModelForZeroShotImageClassification`, others by `AutoModel`."""
    kind = str(model_config(card).get("model_type"))
    with_words = kind.startswith(_WITH_WORDS) or kind.endswith("clip")
    processor = load_processor("AutoProcessor" if with_words else "AutoImageProcessor", card)
    classes = "AutoModelForZeroShotImageClassification" if with_words else "AutoModel"
    return PictureEncoder(card, device, load_model(classes, card, device), processor)
