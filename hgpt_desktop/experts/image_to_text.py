"""Captions: a picture in a sentence, by BLIP and its like or a vision-language model of transformers."""

from __future__ import annotations

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_text
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.pretrained import TorchExpert, load_model, load_processor, running, watch_tokens
from hgpt_desktop.experts.vision_language import write_about

IN_A_CHAT = "Describe this picture in one sentence."


class Captioner(TorchExpert):
    """Options: `prompt` (what the model is told; BLIP needs none), `most_tokens` (80)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The caption as a text."""
        picture = open_image(required_path(call, "image"))
        stop_if(should_stop)
        chats = bool(getattr(self.processor, "chat_template", None))
        prompt = str(self.option("prompt", IN_A_CHAT if chats else ""))
        most_tokens = int(self.option("most_tokens", 80))
        with running(self.card):
            watch = watch_tokens(on_progress, should_stop, most_tokens, "describing the picture")
            caption = write_about(self.model, self.processor, picture.image, prompt, most_tokens, watch)
        if not caption:
            raise ExecutionFailed(
                f"{self.card.name} found no words for the picture.", "Try another model for image-to-text."
            )
        return (write_text(call, caption, {"caption": caption}),)


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForImageTextToText` with its processor."""
    processor = load_processor("AutoProcessor", card)
    return Captioner(card, device, load_model("AutoModelForImageTextToText", card, device), processor)
