"""Sentence similarity and feature extraction with BERT-like sentence encoders.

Source: sentence-transformers/all-MiniLM-L6-v2: mean of the token vectors, brought to length 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    loading,
    model_file,
    model_folder,
    module_bytes,
    noted,
    required_text,
    stop_if,
    write_json,
    write_text,
)
from hgpt_desktop.experts.languages import language_note
from hgpt_desktop.experts.ranking import texts_to_rank, write_ranking

if TYPE_CHECKING:
    import torch

_BATCH = 16
_SHOWN = 60  # characters of a text in a list of pairs
_MOST_TEXTS = 200


def load(card: ModelCard, device: str) -> Expert:
    """An encoder. Options of the card: `max_tokens` (256), `prefix` (what such models want before a text)."""
    model_file(card, "config.json")
    model_file(card, "tokenizer_config.json")
    with loading(card):
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = str(model_folder(card))
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = AutoModel.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True
        )
        model.eval().to(device)
        return _Encoder(card, tokenizer, model, device)


class _Encoder:
    def __init__(self, card: ModelCard, tokenizer: Any, model: Any, device: str) -> None:
        self._card, self._tokenizer, self._model, self._device = card, tokenizer, model, device
        positions = int(getattr(model.config, "max_position_embeddings", 512))
        self._max_tokens = min(int(card.options.get("max_tokens", 256)), positions)
        self._prefix = str(card.options.get("prefix", ""))
        self.resident_bytes = module_bytes(model)

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        if call.task == "sentence-similarity":
            made = self._similarity(call, on_progress, should_stop)
        elif call.task == "text-ranking":
            made = self._ranking(call, on_progress, should_stop)
        else:
            made = self._features(call, on_progress, should_stop)
        read = ("\n".join(call.texts(name)) for name in ("text", "other_text", "question"))
        return noted([made], language_note(self._card, *read))

    def close(self) -> None:
        del self._model

    def _similarity(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> Resource:
        texts = _texts(call, "text") + _texts(call, "other_text")
        if len(texts) == 1:
            texts = [line.strip() for line in texts[0].splitlines() if line.strip()]
        if len(texts) < 2:
            raise InvalidInput(
                "There is only one text to compare.",
                "Give two texts, or one text with a sentence on each line.",
            )
        if len(texts) > _MOST_TEXTS:
            raise InvalidInput(
                f"{len(texts)} texts are too many to compare with one another.",
                f"Give at most {_MOST_TEXTS}.",
            )
        vectors = self.encode(texts, on_progress, should_stop)
        cosines = (vectors @ vectors.T).clamp(-1.0, 1.0).tolist()  # (n, n)
        pairs = [
            {"text": texts[one], "other_text": texts[other], "score": round(cosines[one][other], 4)}
            for one in range(len(texts))
            for other in range(one + 1, len(texts))
        ]
        if len(pairs) == 1:
            return write_text(call, f"{pairs[0]['score']:.2f}", pairs)
        pairs.sort(key=lambda pair: -pair["score"])
        shown = [
            f"{pair['score']:.2f}: “{_short(pair['text'])}” and “{_short(pair['other_text'])}”"
            for pair in pairs
        ]
        return write_text(call, "\n".join(shown), pairs)

    def _ranking(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> Resource:
        texts = texts_to_rank(call)
        vectors = self.encode([required_text(call, "question"), *texts], on_progress, should_stop)
        return write_ranking(call, texts, (vectors[1:] @ vectors[0]).clamp(-1.0, 1.0).tolist())

    def _features(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> Resource:
        texts = _texts(call, "text")
        if not texts:
            raise InvalidInput(
                "The text to turn into numbers is empty.", "Write it out, or attach a text file."
            )
        vectors = self.encode(texts, on_progress, should_stop)
        rounded = [[round(number, 6) for number in vector] for vector in vectors.tolist()]
        return write_json(
            call,
            {"model": self._card.id, "dimensions": int(vectors.shape[1]), "texts": texts, "vectors": rounded},
            data={
                "vectors": len(texts),
                "dimensions": int(vectors.shape[1]),
                "first_numbers": rounded[0][:8],
            },
        )

    def encode(self, texts: Sequence[str], on_progress: OnProgress, should_stop: ShouldStop) -> torch.Tensor:
        """One vector for each text: (n, dimensions) float32 on the processor, of length 1.

        A text that is longer than the model takes is encoded in pieces; its vector is their mean, weighted
        by their tokens.
        """
        import torch

        pieces = self._tokenizer(
            [self._prefix + text for text in texts],
            truncation=True,
            max_length=self._max_tokens,
            return_overflowing_tokens=True,
            return_special_tokens_mask=True,
        )
        owners, ids = pieces["overflow_to_sample_mapping"], pieces["input_ids"]
        sums: torch.Tensor | None = None
        for start in range(0, len(ids), _BATCH):
            stop_if(should_stop)
            on_progress(start / len(ids), f"Encoding text {owners[start] + 1} of {len(texts)}")
            batch = self._tokenizer.pad({"input_ids": ids[start : start + _BATCH]}, return_tensors="pt").to(
                self._device
            )
            with torch.inference_mode():
                states = self._model(**batch).last_hidden_state.float()  # (batch, tokens, dimensions)
            mask = batch["attention_mask"].unsqueeze(-1).float()
            means = ((states * mask).sum(1) / mask.sum(1)).cpu()  # (batch, dimensions)
            if sums is None:
                sums = torch.zeros(len(texts), means.shape[1])
            for row, owner in enumerate(owners[start : start + _BATCH]):
                sums[owner] += means[row] * len(ids[start + row])
        assert sums is not None
        return torch.nn.functional.normalize(sums, dim=1)


def _texts(call: ExpertCall, name: str) -> list[str]:
    return [text.strip() for text in call.texts(name) if text.strip()]


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1].rstrip() + "…"
