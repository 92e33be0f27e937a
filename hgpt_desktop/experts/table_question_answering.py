"""Answers from the cells of a table, by TAPAS models of transformers.

The model reads the question and the table as one row of word pieces, each with its column, its row, its rank
among the numbers of its column, and how it compares with the numbers of the question. A table that is longer
than the model reads is taken in windows of rows. The library's own tokenizer for it needs pandas; what it
does is little and is done here. Source: arXiv 2004.02349, and `TapasTokenizer` of transformers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

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
from hgpt_desktop.experts.findings import Cell, TableAnswer
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    load_model,
    load_processor,
    longest_input,
    running,
)
from hgpt_desktop.experts.shortening import shortened
from hgpt_desktop.experts.tables import Table, read_table

_EMPTY = "[EMPTY]"
_MOST_COLUMNS = 250
_MOST_CELL_TOKENS = 24
_MOST_QUESTION_TOKENS = 96
_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")
_NAMES = {"SUM": "sum", "AVERAGE": "average", "COUNT": "count"}

_Features = tuple[int, int, int, int, int, int, int]
"""Segment, column, row, earlier answer, rank, inverse rank, comparison: what stands beside each token."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one window says: cells as (row of the table, column) with their probabilities.

    Args:
        cut: whether the window is longer than the model reads.
    """

    cells: dict[tuple[int, int], float]
    operator: str
    cut: bool


class TableReader(TorchExpert):
    """Options: `threshold` (0.5), from which probability on a cell belongs to the answer."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The cells that answer, or what they add up to.

        Data: `{"question", "answered", "operator", "cells": [{"row", "column", "text", "score"}]}`; rows
        count from 1, `operator` is "sum", "average", "count" or None.

        Raises:
            InvalidInput: the file is no table.
        """
        question = required_text(call, "question")
        refuse_script(self.card, question)
        asked, note = shortened(self.card, "question", question, self.processor, _MOST_QUESTION_TOKENS)
        whole = read_table(required_path(call, "table"))
        table = Table(whole.columns[:_MOST_COLUMNS], tuple(row[:_MOST_COLUMNS] for row in whole.rows))
        answers: list[_Answer] = []
        with running(self.card):
            for seen, answer in self._answers(asked, table):
                stop_if(should_stop)
                answers.append(answer)
                on_progress(seen / len(table.rows), f"row {seen} of {len(table.rows)}")
        threshold = float(self.option("threshold", 0.5))
        kept = sorted(
            (place, score)
            for answer in answers
            for place, score in answer.cells.items()
            if score > threshold and table.rows[place[0]][place[1]]
        )
        surest = max(answers, key=lambda answer: max(answer.cells.values(), default=0.0))
        operator = _NAMES.get(surest.operator) if kept else None
        texts = [table.rows[row][column] for (row, column), _ in kept]
        cells = [
            Cell(row + 1, table.columns[column], text, score)
            for ((row, column), score), text in zip(kept, texts, strict=True)
        ]
        shown = _worked_out(operator, texts) if kept else "The table does not answer this question."
        made = write_text(call, shown, TableAnswer(question, operator, cells).to_json())
        foreign = language_note(self.card, question)
        return noted([made], note, foreign, *self._unread(whole, any(answer.cut for answer in answers)))

    def _unread(self, table: Table, cut: bool) -> Iterator[str]:
        """What is said of a table that is too wide, or whose cells are too long."""
        long = sum(len(self._ids(text)) > _MOST_CELL_TOKENS for row in table.rows for text in row)
        if long:
            yield f"{self.card.name} reads the beginnings of long cells only; {long} of them here."
        beyond = len(table.columns) - _MOST_COLUMNS
        if beyond > 0:
            yield f"{self.card.name} reads {_MOST_COLUMNS} columns of a table; {beyond} more were left out."
        if cut:
            yield f"A row of this table is longer than {self.card.name} reads; its last cells were left out."

    def _answers(self, question: str, table: Table) -> Iterator[tuple[int, _Answer]]:
        """What each window of rows says, and how many rows were seen until then."""
        asked = self._ids(question)
        header = [self._ids(name) or [self.processor.unk_token_id] for name in table.columns]
        cells = [[self._cell(text) for text in row] for row in table.rows]
        room = longest_input(self.processor, self.model.config) - len(asked) - 2 - sum(map(len, header))
        start = 0
        while start < len(cells):
            used, end = 0, start
            while end < len(cells) and (used + sum(map(len, cells[end])) <= room or end == start):
                used += sum(map(len, cells[end]))
                end += 1
            end = min(end, start + 200)
            window = Table(table.columns, table.rows[start:end])
            yield end, self._answer(question, asked, header, cells[start:end], window, start)
            start = end

    def _answer(
        self,
        question: str,
        asked: list[int],
        header: list[list[int]],
        cells: list[list[list[int]]],
        window: Table,
        first_row: int,
    ) -> _Answer:
        import torch

        ids = [self.processor.cls_token_id, *asked, self.processor.sep_token_id]
        features: list[_Features] = [(0, 0, 0, 0, 0, 0, 0)] * len(ids)
        for column, name in enumerate(header, 1):
            ids += name
            features += [(1, column, 0, 0, 0, 0, 0)] * len(name)
        ranks = [_ranks([row[column] for row in window.rows]) for column in range(len(header))]
        numbers = _numbers_in(question)
        for row, tokens_of_row in enumerate(cells, 1):
            for column, tokens in enumerate(tokens_of_row, 1):
                rank, inverse = ranks[column - 1].get(row - 1, (0, 0))
                compared = _compared(numbers, window.rows[row - 1][column - 1]) if rank else 0
                ids += tokens
                features += [(1, column, row, 0, rank, inverse, compared)] * len(tokens)
        most = longest_input(self.processor, self.model.config)  # a single row may be too long by itself
        sizes = self.model.config.type_vocab_sizes
        kinds = torch.tensor(features[:most]).clamp_max(torch.tensor(sizes) - 1)  # (n, 7)
        outputs = self.model(
            input_ids=torch.tensor([ids[:most]], device=self.model.device),
            attention_mask=torch.ones(1, len(ids[:most]), dtype=torch.long, device=self.model.device),
            token_type_ids=kinds[None].to(self.model.device),
        )
        chances = outputs.logits[0].float().sigmoid().cpu()  # (n,)
        summed: dict[tuple[int, int], list[float]] = {}
        for (segment, column, row, *_), chance in zip(features[:most], chances.tolist(), strict=True):
            if segment and row:
                summed.setdefault((first_row + row - 1, column - 1), []).append(chance)
        means = {place: sum(each) / len(each) for place, each in summed.items()}
        return _Answer(means, self._operator(outputs), len(ids) > most)

    def _operator(self, outputs: Any) -> str:
        logits = getattr(outputs, "logits_aggregation", None)
        names = getattr(self.model.config, "aggregation_labels", None) or {}
        if logits is None:
            return ""
        best = int(logits[0].argmax())
        return str(names.get(best, names.get(str(best), "")))

    def _cell(self, text: str) -> list[int]:
        return self._ids(text)[:_MOST_CELL_TOKENS] or [self.processor.convert_tokens_to_ids(_EMPTY)]

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self.processor.encode(text, add_special_tokens=False, verbose=False)
        return ids


def _ranks(cells: Sequence[str]) -> dict[int, tuple[int, int]]:
    """Rank and inverse rank of each row in a column of numbers, from 1; nothing where it holds words."""
    numbers = {row: number for row, text in enumerate(cells) if (number := _as_number(text)) is not None}
    if len(numbers) < sum(bool(text) for text in cells):
        return {}
    order = {number: rank for rank, number in enumerate(sorted(set(numbers.values())))}
    return {row: (order[number] + 1, len(order) - order[number]) for row, number in numbers.items()}


def _compared(asked: Sequence[float], cell: str) -> int:
    """How the question's numbers compare with a cell: 1 equal, 2 less, 4 greater, added up."""
    number = _as_number(cell)
    if number is None:
        return 0
    return sum({1 if one == number else 2 if one < number else 4 for one in asked})


def _numbers_in(text: str) -> list[float]:
    return [float(match[0].replace(",", "")) for match in _NUMBER.finditer(text)]


def _as_number(text: str) -> float | None:
    plain = text.strip().strip("%$€£")
    return float(plain.replace(",", "")) if _NUMBER.fullmatch(plain) else None


def _worked_out(operator: str | None, texts: list[str]) -> str:
    """The cells, or what the operator makes of them where they are numbers."""
    if operator == "count":
        return str(len(texts))
    numbers = [_as_number(text) for text in texts]
    known = [number for number in numbers if number is not None]
    if operator is None or len(known) < len(texts):
        return ", ".join(texts)
    total = sum(known)
    return f"{total if operator == 'sum' else total / len(known):.12g}"


def load(card: ModelCard, device: str) -> Expert:
    """A model of `TapasForQuestionAnswering`; its tokens are those of BERT, and one for empty cells."""
    tokenizer = load_processor("BertTokenizer", card)
    model = load_model("TapasForQuestionAnswering", card, device)
    with loading(card):
        if tokenizer.convert_tokens_to_ids(_EMPTY) in (None, tokenizer.unk_token_id):
            raise ValueError(f"its vocabulary has no {_EMPTY}")
    return TableReader(card, device, model, tokenizer)
