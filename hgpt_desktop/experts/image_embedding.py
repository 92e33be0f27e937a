"""Pictures as vectors: compared with words that are given (CLIP, SigLIP), with one another, or given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import InvalidInput
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
    from pathlib import Path

    import torch

_WORKING_PX = 1_000_000  # the networks see a few hundred pixels a side
_MOST_LABELS = 64  # at once
_WITH_WORDS = ("clip", "siglip", "align", "altclip")


class PictureEncoder(TorchExpert):
    """Options: `sentence` (what a label is put into, at `{}`)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The labels with their scores, how alike two pictures are, or a picture's vector as a table.

        Data: `[{"label", "score"}]`, best first, all together 1; `{"score"}`, the cosine; or `{"vectors",
        "dimensions", "first_numbers"}`, the whole vector, of length 1, being in the file.
        """
        stop_if(should_stop)
        if call.task == "zero-shot-image-classification":
            made = self._classified(call, on_progress, should_stop)
        elif call.task == "image-similarity":
            made = self._compared(call, on_progress, should_stop)
        else:
            made = self._vector(call, on_progress, should_stop)
        return (made,)

    def _classified(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> Resource:
        import torch

        names = required_names(call, "labels")
        refuse_script(self.card, ", ".join(names))
        if len(names) < 2:
            raise InvalidInput(
                "There is only one label to choose from.", "Give two or more, with commas: `cat, dog, bird`."
            )
        picture = open_image(required_path(call, "image"), _WORKING_PX)
        on_progress(0.1, "comparing the picture with the labels")
        sentence = str(self.option("sentence", "This is a photo of {}."))
        tokenizer = self.processor.tokenizer
        room = longest_input(tokenizer, self.model.config.get_text_config())
        room -= tokens_in(tokenizer, sentence) + int(tokenizer.num_special_tokens_to_add())
        read = [shortened(self.card, "label", name, tokenizer, room) for name in names]
        logits: list[torch.Tensor] = []
        with running(self.card):
            for start in range(0, len(read), _MOST_LABELS):
                stop_if(should_stop)
                inputs = self.processor(
                    text=[sentence.replace("{}", kept) for kept, _ in read[start : start + _MOST_LABELS]],
                    images=picture.image,
                    return_tensors="pt",
                    truncation=True,  # of a sentence that leaves no room for a label
                    **self._padding(),
                )
                logits.append(self.model(**to_model(inputs, self.model)).logits_per_image[0])  # (labels,)
            # SigLIP scores each label by itself; here one is to be chosen.
            scores = torch.cat(logits).float().softmax(dim=-1).tolist()
        labels: list[dict[str, Any]] = [
            {"label": name, "score": round(score, 4)} for name, score in zip(names, scores, strict=True)
        ]
        labels.sort(key=lambda one: -float(one["score"]))
        stop_if(should_stop)
        return noted([write_text(call, in_words(labels), labels)], *(note for _, note in read))[0]

    def _padding(self) -> dict[str, Any]:
        """SigLIP was trained on texts filled up to one length."""
        text = getattr(self.model.config, "text_config", None)
        if text is None or "siglip" not in self.model.config.model_type:
            return {"padding": True}
        return {"padding": "max_length", "max_length": text.max_position_embeddings}

    def _compared(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> Resource:
        one = self._encoded(required_path(call, "image"))
        stop_if(should_stop)
        on_progress(0.5, "looking at the second picture")
        other = self._encoded(required_path(call, "other_image"))
        stop_if(should_stop)
        score = round(float((one @ other).clamp(-1, 1)), 4)
        return write_text(call, f"{score:.2f}", {"score": score})

    def _vector(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> Resource:
        path = required_path(call, "image")
        on_progress(0.1, "turning the picture into numbers")
        numbers = [round(number, 6) for number in self._encoded(path).tolist()]
        stop_if(should_stop)
        return write_json(
            call,
            {
                "model": self.card.id,
                "dimensions": len(numbers),
                "pictures": [path.name],
                "vectors": [numbers],
            },
            data={"vectors": 1, "dimensions": len(numbers), "first_numbers": numbers[:8]},
        )

    def _encoded(self, path: Path) -> torch.Tensor:
        """(dimensions,) float32 on the processor, of length 1."""
        import torch

        picture = open_image(path, _WORKING_PX)
        with running(self.card):
            inputs = to_model(self.processor(images=picture.image, return_tensors="pt"), self.model)
            encode = getattr(self.model, "get_image_features", self.model)
            made = encode(**inputs)
            pooled = getattr(made, "pooler_output", None)
            vector = made.last_hidden_state[:, 0] if pooled is None else pooled
            return torch.nn.functional.normalize(vector[0].float(), dim=0).cpu()


def load(card: ModelCard, device: str) -> Expert:
    """CLIP and its like by `AutoModelForZeroShotImageClassification`, others by `AutoModel`."""
    kind = str(model_config(card).get("model_type"))
    with_words = kind.startswith(_WITH_WORDS) or kind.endswith("clip")
    processor = load_processor("AutoProcessor" if with_words else "AutoImageProcessor", card)
    classes = "AutoModelForZeroShotImageClassification" if with_words else "AutoModel"
    return PictureEncoder(card, device, load_model(classes, card, device), processor)
