"""Questions about a scanned page: LayoutLM points at the words, Donut and its like write the answer.

LayoutLM is given the words of the page by RapidOCR, with where they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    loading,
    noted,
    required_path,
    required_text,
    stop_if,
    write_text,
)
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.media import Picture
from hgpt_desktop.experts.page_reading import PageReader
from hgpt_desktop.experts.pages import Page, open_page, open_pages
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    load_model,
    load_processor,
    longest_input,
    model_config,
    running,
    to_model,
    watch_tokens,
)
from hgpt_desktop.experts.reading_order import Line, in_reading_order
from hgpt_desktop.experts.shortening import shortened
from hgpt_desktop.experts.spans import best_spans, distinct, normalised
from hgpt_desktop.experts.vision_language import readable_question, write_about

_STRIDE = 128
_LONGEST_ANSWER = 15  # tokens, as the model was trained
_IN_A_CHAT = "{question}\nAnswer from what is written in the picture, in a few words."


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the page; its box is left, top, right, bottom in thousandths of the page."""

    text: str
    box: tuple[int, int, int, int]


class PointingReader(TorchExpert):
    """LayoutLM on the words that RapidOCR finds."""

    def __init__(self, card: ModelCard, device: str, model: Any, processor: Any, reader: PageReader) -> None:
        super().__init__(card, device, model, processor)
        self.reader = reader

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The best answer, word for word from one of the pages.

        Data: `{"question", "answers": [{"text", "score", "box"}]}`, best first, and `"page"` from 1 where
        there are several; the box is `{"left", "top", "right", "bottom"}` in pixels of the picture, or of
        the page at 200 dots per inch.
        """
        question = required_text(call, "question")
        refuse_script(self.card, question)
        size = longest_input(self.processor, self.model.config)
        asked, note = shortened(self.card, "question", question, self.processor, size // 2)
        found: list[dict[str, Any]] = []
        for page in open_pages(required_path(call, "document")):
            stop_if(should_stop)
            report = _within(page, on_progress)
            report(0.05, "reading the page")
            with running(self.card):
                lines = self.reader.lines(page, lambda part, message: None, should_stop)
                words = page_words(lines, page.picture)
                report(0.6, f"{len(words)} words read")
                answers = self._answers(asked, words, page.picture, report, should_stop) if words else []
            found += [{**answer, "page": page.number} if page.count > 1 else answer for answer in answers]
        if not found:
            raise ExecutionFailed(
                "No words that could answer the question were found on the page.",
                "Is the page upright, sharp and large enough? A crop around the place often helps.",
            )
        # The scores are comparable from page to page only until they are made to sum to one.
        found.sort(key=lambda answer: float(answer["score"]), reverse=True)
        scores = normalised([float(answer["score"]) for answer in found])
        shown = [{**answer, "score": round(score, 4)} for answer, score in zip(found, scores, strict=True)]
        data = {"question": question, "answers": shown}
        foreign = language_note(self.card, question)
        return noted([write_text(call, str(shown[0]["text"]), data)], note, foreign)

    def _answers(
        self,
        question: str,
        words: list[Word],
        picture: Picture,
        on_progress: OnProgress,
        should_stop: ShouldStop,
    ) -> list[dict[str, Any]]:
        """Answers from one page; their scores are logits."""
        import torch

        size = longest_input(self.processor, self.model.config)
        encoded = self.processor(
            question.split(),
            [word.text for word in words],
            is_split_into_words=True,
            truncation="only_second",
            max_length=size,
            stride=min(_STRIDE, size // 4),
            return_overflowing_tokens=True,
            return_token_type_ids=True,
        )
        windows = len(encoded["input_ids"])
        spans = []
        for window in range(windows):
            stop_if(should_stop)
            ids, numbers = encoded["input_ids"][window], encoded.word_ids(window)
            inside = [sequence == 1 for sequence in encoded.sequence_ids(window)]
            boxes = [
                words[number].box if at else (1000,) * 4 if token == self.processor.sep_token_id else (0,) * 4
                for token, number, at in zip(ids, numbers, inside, strict=True)
            ]
            outputs = self.model(
                input_ids=torch.tensor([ids], device=self.model.device),
                token_type_ids=torch.tensor([encoded["token_type_ids"][window]], device=self.model.device),
                bbox=torch.tensor([boxes], device=self.model.device),
            )
            places = [
                (number, number + 1) if at else (0, 0) for number, at in zip(numbers, inside, strict=True)
            ]
            spans += best_spans(
                outputs.start_logits[0].float(),
                outputs.end_logits[0].float(),
                inside,
                places,
                _LONGEST_ANSWER,
            )
            on_progress(0.6 + 0.4 * (window + 1) / windows, "looking for the answer")
        return [
            {
                "text": " ".join(word.text for word in words[start:end]),
                "score": score,
                "box": _around(words[start:end], picture),
            }
            for start, end, score in distinct(spans)
        ]

    def close(self) -> None:
        """Let go of the reader too."""
        self.reader.close()
        super().close()


class WritingReader(TorchExpert):
    """Donut and vision-language models. Options: `prompt` (holds `{question}`), `most_tokens` (128)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The answer as a text."""
        question = required_text(call, "question")
        refuse_script(self.card, question)
        picture = open_page(required_path(call, "document"))
        stop_if(should_stop)
        most_tokens = int(self.option("most_tokens", 128))
        asked, note = readable_question(self.card, self.model, self.processor, question)
        with running(self.card):
            watch = watch_tokens(on_progress, should_stop, most_tokens, "answering the question")
            if self.model.config.model_type == "vision-encoder-decoder":
                answer = self._by_donut(picture, asked, most_tokens, watch)
            else:
                prompt = str(self.option("prompt", _IN_A_CHAT)).replace("{question}", asked)
                answer = write_about(self.model, self.processor, picture.image, prompt, most_tokens, watch)
        if not answer:
            raise ExecutionFailed(
                f"{self.card.name} gave no answer to the question.",
                "Ask in other words, or try another model.",
            )
        data = {"question": question, "answers": [{"text": answer}]}
        return noted([write_text(call, answer, data)], note, language_note(self.card, question))

    def _by_donut(self, picture: Picture, question: str, most_tokens: int, watch: Any) -> str:
        task = f"<s_docvqa><s_question>{question}</s_question><s_answer>"
        tokenizer = self.processor.tokenizer
        begin = tokenizer(task, add_special_tokens=False, return_tensors="pt").input_ids
        inputs = to_model(self.processor(images=picture.image, return_tensors="pt"), self.model)
        generated = self.model.generate(
            pixel_values=inputs["pixel_values"],
            decoder_input_ids=begin.to(self.model.device),
            max_new_tokens=most_tokens,
            do_sample=False,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            stopping_criteria=watch,
        )
        written = tokenizer.decode(generated[0, begin.shape[1] :], skip_special_tokens=False)
        answer = written.split("</s_answer>")[0].replace(tokenizer.eos_token or "\0", "")
        return re.sub(r"<[^<>]*>", "", answer).strip()


def _within(page: Page, on_progress: OnProgress) -> OnProgress:
    """Progress on one page as progress on the whole document."""

    def report(done: float | None, message: str) -> None:
        place = f"page {page.number} of {page.count}: " if page.count > 1 else ""
        on_progress((page.number - 1 + (done or 0.0)) / page.count, f"{place}{message}")

    return report


def page_words(lines: list[Line], picture: Picture) -> list[Word]:
    """The words of a page, line by line in reading order; a line's words share its width by their lengths."""
    words = []
    for line in (line for row in in_reading_order(lines) for line in row):
        across = (line.right - line.left) / len(line.text)
        for match in re.finditer(r"\S+", line.text):
            left, right = (line.left + place * across for place in match.span())
            words.append(Word(match.group(), _in_thousandths((left, line.top, right, line.bottom), picture)))
    return words


def _in_thousandths(box: tuple[float, float, float, float], picture: Picture) -> tuple[int, int, int, int]:
    width, height = picture.width_px, picture.height_px
    left, top, right, bottom = (
        max(0, min(1000, round(1000 * value / side)))
        for value, side in zip(box, (width, height, width, height), strict=True)
    )
    return left, top, right, bottom


def _around(words: list[Word], picture: Picture) -> dict[str, float]:
    left, top = (min(word.box[side] for word in words) / 1000 for side in (0, 1))
    right, bottom = (max(word.box[side] for word in words) / 1000 for side in (2, 3))
    return {
        "left": round(left * picture.width_px, 1),
        "top": round(top * picture.height_px, 1),
        "right": round(right * picture.width_px, 1),
        "bottom": round(bottom * picture.height_px, 1),
    }


def load(card: ModelCard, device: str) -> Expert:
    """LayoutLM with RapidOCR, or a model of `AutoModelForImageTextToText`, by what the config names."""
    if model_config(card).get("model_type") == "layoutlm":
        model = load_model("AutoModelForDocumentQuestionAnswering", card, device)
        tokenizer = load_processor("AutoTokenizer", card)
        with loading(card):
            reader = PageReader(card, "cpu")
        return PointingReader(card, device, model, tokenizer, reader)
    processor = load_processor("AutoProcessor", card)
    return WritingReader(card, device, load_model("AutoModelForImageTextToText", card, device), processor)
