"""Questions about pictures: ViLT chooses among known answers, BLIP and vision-language models write one."""

from __future__ import annotations

from typing import Any

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
from hgpt_desktop.experts.media import Picture, open_image, refuse_narrow
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    load_model,
    load_processor,
    longest_input,
    model_config,
    ranked,
    running,
    to_model,
    watch_tokens,
)
from hgpt_desktop.experts.shortening import shortened
from hgpt_desktop.experts.vision_language import readable_question, write_about


class ChoosingAnswerer(TorchExpert):
    """ViLT: one of the answers that it was trained on, with scores."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The best answer as a text; the five best with scores in the data."""
        picture, question = _asked(self.card, call)
        stop_if(should_stop)
        tokenizer = self.processor.tokenizer
        room = longest_input(tokenizer, self.model.config) - int(tokenizer.num_special_tokens_to_add())
        asked, note = shortened(self.card, "question", question, tokenizer, room)
        with running(self.card):
            inputs = self.processor(picture.image, asked, return_tensors="pt")
            logits = self.model(**to_model(inputs, self.model)).logits[0]  # (answers,)
            # Several answers may be right, so each is scored by itself.
            answers = ranked(logits.float().sigmoid(), self.model.config, 5)
        stop_if(should_stop)
        on_progress(1.0, "question answered")
        best = answers[0]
        data = {"question": question, "answers": answers}
        return noted([write_text(call, best["label"], data)], note, language_note(self.card, question))


class WritingAnswerer(TorchExpert):
    """BLIP and vision-language models. Options: `prompt` (holds `{question}`), `most_tokens` (120)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The answer as a text."""
        picture, question = _asked(self.card, call)
        stop_if(should_stop)
        asked, note = readable_question(self.card, self.model, self.processor, question)
        prompt = str(self.option("prompt", "{question}")).replace("{question}", asked)
        most_tokens = int(self.option("most_tokens", 120))
        with running(self.card):
            watch = watch_tokens(on_progress, should_stop, most_tokens, "answering the question")
            answer = write_about(self.model, self.processor, picture.image, prompt, most_tokens, watch)
        if not answer:
            raise ExecutionFailed(
                f"{self.card.name} gave no answer to the question.",
                "Ask in other words, or try another model.",
            )
        data = {"question": question, "answers": [{"label": answer}]}
        return noted([write_text(call, answer, data)], note, language_note(self.card, question))


def _asked(card: ModelCard, call: ExpertCall) -> tuple[Picture, str]:
    question = required_text(call, "question")
    refuse_script(card, question)
    picture = open_image(required_path(call, "image"))
    refuse_narrow(picture.width_px, picture.height_px)
    return picture, question


def load(card: ModelCard, device: str) -> Expert:
    """ViLT or BLIP by `AutoModelForVisualQuestionAnswering`, any other by `AutoModelForImageTextToText`."""
    kind: Any = model_config(card).get("model_type")
    processor = load_processor("AutoProcessor", card)
    if kind in ("vilt", "blip"):
        model = load_model("AutoModelForVisualQuestionAnswering", card, device)
        family = ChoosingAnswerer if kind == "vilt" else WritingAnswerer
        return family(card, device, model, processor)
    return WritingAnswerer(card, device, load_model("AutoModelForImageTextToText", card, device), processor)
