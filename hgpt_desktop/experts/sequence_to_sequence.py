"""Texts made of texts by encoder-decoder models of transformers: summaries, translations, rewriting."""

from __future__ import annotations

import re
from typing import Any

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.lengths import Length
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, noted, required_text, stop_if, write_text
from hgpt_desktop.experts.languages import english_name, language_code, refuse_language
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    filled_up,
    load_model,
    load_processor,
    longest_input,
    running,
    watch_tokens,
    windows_together,
)
from hgpt_desktop.experts.shortening import in_pieces, shortened

_TOKENS_OF_A_WORD, _TOKENS_OF_A_SENTENCE = 2, 40  # enough for most languages


class Rewriter(TorchExpert):
    """Options:

    `prefix`: what is written before each text; may hold `{language}` (German), `{code}` (de),
    `{instruction}`.
    `target_token`: the token that begins a translation (`__{code}__` of M2M-100); `codes` maps our language
    codes to the model's own (`de: deu_Latn` of NLLB), `source` is the source's code where it must be told.
    `target`: the code of the only language that the model translates into.
    `most_input_tokens`: where the model says it wrong. `most_tokens` (256) of each piece. `beams` (1).
    """

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The new text. A long one is taken piece by piece; summaries of pieces are summarised again."""
        text = required_text(call, "text")
        refuse_language(self.card, text)
        prefix, begin, note = self._steered(call)
        with running(self.card):
            if call.task == "summarization":
                length = Length.of(call)
                made = self._summary(text, prefix, self._tokens(length), on_progress, should_stop)
                made = length.cut(length.as_points(made))
            else:
                pieces = self._pieces(text, prefix)
                most = int(self.option("most_tokens", 256))
                made = self._rewritten(pieces, prefix, begin, most, on_progress, should_stop, 0.0, 1.0)
        if not made:
            raise ExecutionFailed(
                f"{self.card.name} wrote nothing.", f"Try another model for {call.task}, or another text."
            )
        return noted([write_text(call, made)], note)

    def _steered(self, call: ExpertCall) -> tuple[str, int | None, str]:
        """The prefix of each text, the token that begins each answer, and what an instruction lost."""
        prefix = str(self.option("prefix", ""))
        if call.task != "translation":
            told, note = "", ""
            if call.task == "text2text-generation":
                told = required_text(call, "instruction")
            if "{instruction}" in prefix:
                told, note = shortened(self.card, "instruction", told, self.processor, self._limit() // 2)
            return prefix.replace("{instruction}", told), None, note
        wanted = call.text("language").strip()
        code = language_code(wanted)
        token = self.option("target_token", None)
        if only := self.option("target", None):
            if code != only:
                raise self._other_language(wanted, english_name(only))
            return prefix, None, ""
        if code is None or (self.card.languages and code not in self.card.languages):
            raise self._other_language(wanted, ", ".join(english_name(own) for own in self.card.languages))
        prefix = prefix.replace("{language}", english_name(code)).replace("{code}", code)
        if token is None:
            return prefix, None, ""
        own = self.option("codes", {}).get(code, code)
        begin = self.processor.convert_tokens_to_ids(str(token).replace("{code}", own))
        if begin is None or begin == self.processor.unk_token_id:
            raise self._other_language(wanted, ", ".join(english_name(one) for one in self.card.languages))
        if source := self.option("source", None):
            self.processor.src_lang = source
        return prefix, int(begin), ""

    def _other_language(self, wanted: str, served: str) -> ExecutionFailed:
        return ExecutionFailed(
            f"{self.card.name} does not translate into {wanted or 'a language without a name'}.",
            f"It translates into: {served}." if served else "Choose another model for translation.",
        )

    def _tokens(self, length: Length) -> int:
        """Room for what is asked for, and for no more where that is little."""
        most = int(self.option("most_tokens", 256))
        sentences = length.points or length.sentences
        asked = (length.words or 0) * _TOKENS_OF_A_WORD or (sentences or 0) * _TOKENS_OF_A_SENTENCE
        return max(16, asked) if asked else most

    def _summary(
        self, text: str, prefix: str, tokens: int, on_progress: OnProgress, should_stop: ShouldStop
    ) -> str:
        """Map and reduce; each round halves what is left of the work, so that progress never goes back."""
        done, share = 0.0, 1.0
        while True:
            pieces = self._pieces(text, prefix)
            last = len(pieces) == 1
            now = share if last else share * 0.7
            made = self._rewritten(pieces, prefix, None, tokens, on_progress, should_stop, done, now)
            # A model that does not shorten would go round for ever.
            if last or len(self._pieces(made, prefix)) >= len(pieces):
                return made
            text, done, share = made, done + now, share - now

    def _pieces(self, text: str, prefix: str) -> list[str]:
        """The text in whole sentences, each piece as long as the model reads at once."""
        room = max(16, self._limit() - self._length(prefix) - 2)
        pieces: list[str] = []
        open_, used = "", 0
        for sentence in re.findall(r".+?(?:[.!?…。！？]+[\"”'’)]*\s+|\n+|\Z)", text, re.DOTALL):
            for part in self._cut(sentence, room):
                length = self._length(part)
                if open_ and used + length > room:
                    pieces.append(open_)
                    open_, used = "", 0
                open_, used = open_ + part, used + length
        return [*pieces, open_] if open_ else pieces

    def _cut(self, sentence: str, room: int) -> list[str]:
        """A sentence that is too long by itself, at pauses or words; or whole."""
        parts: list[str] = []
        while sentence.strip() and self._length(sentence) > room:
            parts += in_pieces(sentence, lambda part: self._length(part) <= room, 1, 4 * room)[0]
            sentence = sentence[len(parts[-1]) :]
        return [*parts, sentence] if sentence else parts

    def _limit(self) -> int:
        """How many tokens the model reads at once."""
        return int(self.option("most_input_tokens", longest_input(self.processor, self.model.config)))

    def _length(self, text: str) -> int:
        return len(self.processor.encode(text, add_special_tokens=False, verbose=False)) if text else 0

    def _rewritten(
        self,
        pieces: list[str],
        prefix: str,
        begin: int | None,
        tokens: int,
        on_progress: OnProgress,
        should_stop: ShouldStop,
        done: float,
        share: float,
    ) -> str:
        """What the model makes of each piece; blank lines between pieces that ended with a line break."""
        made = [""] * len(pieces)
        windows = [dict(self.processor(prefix + piece.strip(), truncation=True)) for piece in pieces]
        number = 0
        steer: dict[str, Any] = {"forced_bos_token_id": begin} if begin is not None else {}
        for places in windows_together(windows, self.model):
            stop_if(should_stop)
            inputs = filled_up(self.processor, [windows[place] for place in places], self.model)
            inputs.pop("token_type_ids", None)
            message = f"part {number + 1} of {len(pieces)}"
            begun, part = done + share * number / len(pieces), share * len(places) / len(pieces)
            watch = watch_tokens(on_progress, should_stop, tokens, message, begun, part)
            generated = self.model.generate(
                **inputs,
                max_new_tokens=tokens,
                do_sample=False,
                num_beams=int(self.option("beams", 1)),
                stopping_criteria=watch,
                **steer,
            )
            written = self.processor.batch_decode(generated, skip_special_tokens=True)
            for place, text in zip(places, written, strict=True):
                made[place] = text.strip() + ("\n" if pieces[place].endswith("\n") else " ")
            number += len(places)
        on_progress(min(1.0, done + share), "text written")
        return "".join(made).strip()


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForSeq2SeqLM` with its tokenizer."""
    tokenizer = load_processor("AutoTokenizer", card)
    return Rewriter(card, device, load_model("AutoModelForSeq2SeqLM", card, device), tokenizer)
