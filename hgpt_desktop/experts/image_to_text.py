"""Pictures in words: captions by BLIP and its like, captions and answers by vision-language models."""

from __future__ import annotations

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    noted,
    required_path,
    required_text,
    stop_if,
    write_text,
)
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.pages import open_page
from hgpt_desktop.experts.pretrained import TorchExpert, load_model, load_processor, running, watch_tokens
from hgpt_desktop.experts.vision_language import readable_question, write_about

IN_A_CHAT = "Describe this picture in one sentence."


class PictureWriter(TorchExpert):
    """Options: `prompt` (what the model is told for a caption; BLIP needs none), `most_tokens` (120)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A caption, or the answer to a question, as a text.

        Data: `{"caption"}`, or `{"question", "answers": [{"label"}]}`.
        """
        question = "" if call.task == "image-to-text" else required_text(call, "question")
        refuse_script(self.card, question)
        given = "document" if call.task == "document-question-answering" else "image"
        picture = open_page(required_path(call, given))
        stop_if(should_stop)
        chats = bool(getattr(self.processor, "chat_template", None))
        prompt = question or str(self.option("prompt", IN_A_CHAT if chats else ""))
        prompt, note = readable_question(self.card, self.model, self.processor, prompt)
        most_tokens = int(self.option("most_tokens", 120))
        with running(self.card):
            watch = watch_tokens(on_progress, should_stop, most_tokens, "writing about the picture")
            written = write_about(self.model, self.processor, picture.image, prompt, most_tokens, watch)
        if not written:
            raise ExecutionFailed(
                f"{self.card.name} found no words for the picture.", f"Try another model for {call.task}."
            )
        if question:
            data = {"question": question, "answers": [{"label": written}]}
            return noted([write_text(call, written, data)], note, language_note(self.card, question))
        return (write_text(call, written, {"caption": written}),)


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForImageTextToText` with its processor."""
    processor = load_processor("AutoProcessor", card)
    return PictureWriter(card, device, load_model("AutoModelForImageTextToText", card, device), processor)
