"""The text tasks that the controller LLM does itself, as an expert with its own prompts."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hgpt_desktop.controller.certain_text import CertainText
from hgpt_desktop.controller.long_texts import pieces
from hgpt_desktop.controller.prompting import PROMPTS_FOLDER, fill_prompt
from hgpt_desktop.controller.repetition import generate_without_loops
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import DiskFull, ExecutionFailed, InvalidInput
from hgpt_desktop.core.interfaces import (
    ChatHost,
    ExpertCall,
    ExpertOutcome,
    Generation,
    Loaded,
    Message,
    OnProgress,
    OnText,
    Prompt,
)
from hgpt_desktop.core.lengths import Length
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Kind, Resource

UNKNOWN = "The text does not say."
ENTITY_KINDS = ("person", "place", "organisation", "date")
SENTIMENTS = ("positive", "negative", "neutral")
_PROMPT_OF = {"zero-shot-classification": "text-classification"}  # where a task shares another one's
_FRAME_TOKENS = 300  # system message, question, chat format
_MOST_ANSWER_TOKENS = 1024
_TOLD = frozenset({"conversational", "text-generation"})  # whose output is what the LLM writes, word for word


class TextTasks:
    """Runs text tasks on the controller LLM; for cards whose loader is `llama.cpp`.

    Threads: any thread may call; the LLM serves one call after another.
    """

    def __init__(self, host: ChatHost, prompts_folder: Path = PROMPTS_FOLDER) -> None:
        self._host = host
        self._prompts = prompts_folder

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        """As `ChatHost.load`."""
        return self._host.load(card, device, on_progress, cancel)

    def run(
        self, card: ModelCard, call: ExpertCall, on_progress: OnProgress, cancel: CancelToken
    ) -> ExpertOutcome:
        """One text task.

        Returns: a text file whose resource has `text`, and `data` where there is more to know.

        Raises:
            InvalidInput: the text is empty, or an argument makes no sense.
            ExecutionFailed: the LLM wrote nothing, or this is no text task.
            DiskFull: the output cannot be written.
            HostDied, Cancelled: as the LLM raises them.
        """
        return self._run(card, call, on_progress, None, cancel)

    def tells(self, card: ModelCard, task: str) -> bool:
        """See `Telling.tells`."""
        return card.loader == "llama.cpp" and task in _TOLD

    def run_telling(
        self,
        card: ModelCard,
        call: ExpertCall,
        on_progress: OnProgress,
        on_text: OnText,
        cancel: CancelToken,
    ) -> ExpertOutcome:
        """As `run`, and the text is told as it is written."""
        return self._run(card, call, on_progress, on_text, cancel)

    def _run(
        self,
        card: ModelCard,
        call: ExpertCall,
        on_progress: OnProgress,
        on_text: OnText | None,
        cancel: CancelToken,
    ) -> ExpertOutcome:
        skill = _SKILLS.get(call.task)
        if skill is None:
            raise ExecutionFailed(
                f"{card.name} cannot do {call.task}.", f"It can do {', '.join(sorted(TEXT_TASKS))}."
            )
        started = time.monotonic()
        text, data = skill(_Work(self._host, self._prompts, call, on_progress, cancel, on_text))
        cancel.raise_if_cancelled()
        if not text.strip():
            raise ExecutionFailed("The LLM wrote nothing.", "Say the request in other words and try again.")
        return ExpertOutcome((_written(call, text.strip(), data),), time.monotonic() - started)

    def unload(self, model_id: str) -> None:
        """As `ChatHost.unload`."""
        self._host.unload(model_id)

    def loaded(self) -> frozenset[str]:
        """As `ChatHost.loaded`."""
        return self._host.loaded()

    def close(self) -> None:
        """As `ChatHost.close`."""
        self._host.close()


@dataclass(frozen=True, slots=True)
class _Work:
    """One call with what it needs."""

    llm: ChatHost
    prompts: Path
    call: ExpertCall
    on_progress: OnProgress
    cancel: CancelToken
    on_text: OnText | None = None

    def input_text(self, name: str = "text") -> str:
        text = self.call.text(name).strip()
        if not text:
            raise InvalidInput(
                f"There is no {name.replace('_', ' ')} for {self.call.task}: it is empty.",
                "Attach a file with some text in it, or type the text.",
            )
        return text

    def system(self, **fields: str) -> Message:
        prompt = _PROMPT_OF.get(self.call.task, self.call.task)
        return Message("system", fill_prompt(self.prompts, prompt, **fields))

    def room_tokens(self, answer_tokens: int) -> int:
        """How long a piece of the text may be when the answer takes so much."""
        return max(64, self.llm.context_tokens - answer_tokens - _FRAME_TOKENS)

    def pieces(self, text: str, max_tokens: int) -> list[str]:
        return pieces(text, max_tokens, self.llm.count_tokens)

    def write(
        self,
        messages: tuple[Message, ...],
        max_tokens: int,
        *,
        part: tuple[int, int] = (0, 1),
        expected_tokens: int | None = None,
        temperature: float = 0.0,
        grammar: str | None = None,
    ) -> Generation:
        """Generate; progress runs within the `part` (index, count) of the whole.

        What is written is told only where the task type is one of `_TOLD`.
        """
        self.cancel.raise_if_cancelled()
        written = 0
        likely = max(1, expected_tokens or max_tokens)
        self.on_progress(part[0] / part[1], "")

        certain = CertainText(self.on_text) if self.on_text and self.call.task in _TOLD else None

        def on_text(piece: str) -> None:
            nonlocal written
            written += 1
            if certain is not None:
                certain.add(piece)
            self.on_progress((part[0] + min(0.95, written / likely)) / part[1], "")

        seed = self.call.seed or 0
        if grammar is not None:
            return self.llm.generate(
                Prompt(messages),
                self.cancel,
                grammar=grammar,
                max_tokens=max_tokens,
                seed=seed,
                on_text=on_text,
            )
        made = generate_without_loops(
            self.llm, Prompt(messages), self.cancel,
            max_tokens=max_tokens, temperature=temperature, seed=seed, on_text=on_text,
        )  # fmt: skip
        if certain is not None:
            certain.end(made.text.strip())
        return made


_Skill = Callable[[_Work], tuple[str, Any]]


# ---------------------------------------------------------------- the tasks


def _summarization(work: _Work) -> tuple[str, Any]:
    """Map and reduce: pieces are summarised until their summaries fit into one prompt."""
    text = work.input_text()
    length = Length.of(work.call)
    answer = 400
    room = work.room_tokens(answer)
    while len(parts := work.pieces(text, room)) > 1:
        notes = [
            work.write(
                _to_summarise(work, part, "two sentences"),
                answer,
                part=(number, len(parts) + 1),
                expected_tokens=150,
            ).text.strip()
            for number, part in enumerate(parts)
        ]
        shorter = "\n".join(notes)
        if work.llm.count_tokens(shorter) >= work.llm.count_tokens(text):
            text = parts[0]
            break
        text = shorter
    made = work.write(_to_summarise(work, text, str(length)), answer, expected_tokens=80).text.strip()
    if length.exceeded_by(made):  # it is told once more, on what it wrote itself
        made = work.write(_to_summarise(work, made, str(length)), answer, expected_tokens=40).text.strip()
    return length.cut(made), None


def _to_summarise(work: _Work, text: str, length: str) -> tuple[Message, ...]:
    # What is asked stands after the text: a small LLM forgets what it was told before a long one.
    asked = f"Text:\n{text}\n\nSummarise this text in {length}."
    return (work.system(), Message("user", asked))


def _translation(work: _Work) -> tuple[str, Any]:
    """Piece by piece, so that long texts come out whole."""
    language = work.call.text("language").strip() or "English"
    parts = work.pieces(work.input_text(), min(500, work.room_tokens(_MOST_ANSWER_TOKENS)))
    system = work.system(language=language)
    made = []
    for number, part in enumerate(parts):
        tokens = work.llm.count_tokens(part)
        question = Message("user", f"Translate into {language}:\n\n{part}")
        made.append(
            work.write(
                (system, question), 4 * tokens + 64, part=(number, len(parts)), expected_tokens=2 * tokens
            ).text.strip()
        )
    return "\n\n".join(made), {"language": language}


def _question_answering(work: _Work) -> tuple[str, Any]:
    return _answered(work, work.pieces(work.input_text(), min(2500, work.room_tokens(256))))


def _answered(work: _Work, parts: list[str]) -> tuple[str, Any]:
    """Each piece of the text is asked; the first that tells answers, several are put together."""
    question = work.input_text("question")
    system = work.system(unknown=UNKNOWN)
    answers = []
    for number, part in enumerate(parts):
        asked = Message("user", f"Text:\n{part}\n\nQuestion: {question}")
        answer = work.write(
            (system, asked), 200, part=(number, len(parts) + 1), expected_tokens=40
        ).text.strip()
        if answer and not _says_nothing(answer):
            answers.append(answer)
    if not answers:
        return UNKNOWN, {"question": question, "found": False}
    if len(answers) == 1:
        return answers[0], {"question": question, "found": True}
    together = Message("user", "Text:\n" + "\n".join(answers) + f"\n\nQuestion: {question}")
    made = work.write((system, together), 200, part=(len(parts), len(parts) + 1), expected_tokens=40)
    return made.text, {"question": question, "found": True}


def _says_nothing(answer: str) -> bool:
    return answer.strip(" .\"'").casefold().startswith(UNKNOWN.strip(".").casefold())


def _text2text_generation(work: _Work) -> tuple[str, Any]:
    text = work.input_text()
    instruction = work.call.text("instruction").strip() or "Correct the mistakes in the text."
    parts = work.pieces(text, min(800, work.room_tokens(_MOST_ANSWER_TOKENS)))
    made = []
    for number, part in enumerate(parts):
        tokens = work.llm.count_tokens(part)
        asked = Message("user", f"{instruction}\n\nText:\n{part}")
        made.append(
            work.write(
                (work.system(), asked), 3 * tokens + 128, part=(number, len(parts)), expected_tokens=tokens
            ).text.strip()
        )
    return "\n\n".join(made), None


def _text_generation(work: _Work) -> tuple[str, Any]:
    asked = Message("user", work.input_text())
    made = work.write((work.system(), asked), _MOST_ANSWER_TOKENS, expected_tokens=250, temperature=0.7)
    return made.text, None


def _text_classification(work: _Work) -> tuple[str, Any]:
    """One scored choice over the labels; a long text is judged by its beginning."""
    labels = _labels(work.call)
    text = work.pieces(work.input_text(), min(1500, work.room_tokens(32)))[0]
    work.on_progress(None, "")
    # An option must not begin another one, so each ends with a full stop.
    prompt = Prompt(
        (work.system(labels=", ".join(labels)), Message("user", f"Text: {text}\n\nLabel?")), "Label:"
    )
    choice = work.llm.choose(prompt, [f" {label}." for label in labels], work.cancel)
    ranked = sorted(zip(labels, choice.probabilities, strict=True), key=lambda pair: -pair[1])
    return ranked[0][0], [{"label": label, "score": round(score, 4)} for label, score in ranked]


def _labels(call: ExpertCall) -> tuple[str, ...]:
    """From the argument (`a, b or c`); the sentiments where there is none."""
    labels = _named_labels(call)
    return labels if len(labels) > 1 else SENTIMENTS


def _named_labels(call: ExpertCall) -> tuple[str, ...]:
    given = [
        part.strip(" .\"'")
        for text in call.texts("labels")
        for part in re.split(r"[,;/|\n]|\s+or\s+|\s+and\s+|、|，", text)
    ]
    return tuple(dict.fromkeys(part for part in given if part))


def _token_classification(work: _Work) -> tuple[str, Any]:
    """Names as the LLM lists them; only what stands in the text just so is kept, with its place in it."""
    text = work.input_text()
    parts = work.pieces(text, min(800, work.room_tokens(512)))
    found: dict[tuple[str, str], None] = {}
    system = work.system(kinds=", ".join(ENTITY_KINDS))
    for number, part in enumerate(parts):
        made = work.write(
            (system, Message("user", part)),
            512,
            part=(number, len(parts)),
            expected_tokens=80,
            grammar=ENTITY_GRAMMAR,
        )
        for kind, name in names_in(made.text):
            if kind == "date" or _may_be_name(name):
                found.setdefault((kind, name), None)
    entities = sorted(
        (
            {"text": name, "label": kind, "start": match.start(), "end": match.end()}
            for kind, name in found
            for match in _mentions(name, text)
        ),
        key=lambda one: (one["start"], one["end"]),
    )
    lines = dict.fromkeys(f"{one['text']}: {one['label']}" for one in entities)
    return "\n".join(lines) or "No names were found.", {"entities": entities}  # as the experts give it


def _may_be_name(text: str) -> bool:
    """Names begin with capitals, in scripts that have them; a small LLM lists other words too."""
    return any(one.isupper() or one.isdigit() for one in text) or text.upper() == text.lower()


def _mentions(name: str, text: str) -> Iterator[re.Match[str]]:
    """Where the name stands as a word of its own; scripts without blanks have no words."""
    alone = rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() else re.escape(name)
    return re.finditer(alone, text)


_STRING_RULES = r"""
list ::= "[]" | "[" name ("," " "? name)* "]"
name ::= "\"" [^"\\\x0a]{1,60} "\""
"""
ENTITY_GRAMMAR = (
    'root ::= "{" ' + ' ", " '.join(rf'"\"{kind}\": " list' for kind in ENTITY_KINDS) + ' "}"' + _STRING_RULES
)


def names_in(written: str) -> list[tuple[str, str]]:
    """Pairs of kind and name; a text that was cut off gives what is complete in it."""
    try:
        listed = json.loads(written)
    except ValueError:
        listed = {}
        for kind in ENTITY_KINDS:
            if opened := re.search(rf'"{kind}": \[([^\]]*)', written):
                listed[kind] = re.findall(r'"([^"]+)"', opened[1])
    if not isinstance(listed, dict):
        return []
    return [
        (kind, name.strip())
        for kind in ENTITY_KINDS
        for name in (listed.get(kind) or ())
        if isinstance(name, str) and name.strip()
    ]


def _conversational(work: _Work) -> tuple[str, Any]:
    """An answer by the LLM itself. `history` has a line `User: …` or `Assistant: …` for each message."""
    said = [
        Message("user" if match[1] == "User" else "assistant", match[2])
        for match in re.finditer(r"^(User|Assistant): (.+)$", work.call.text("history"), re.MULTILINE)
    ]
    messages = (work.system(), *said, Message("user", work.input_text()))
    made = work.write(messages, _MOST_ANSWER_TOKENS, expected_tokens=150, temperature=0.6)
    return made.text, None


def _zero_shot_classification(work: _Work) -> tuple[str, Any]:
    """As text-classification, but only among labels that are named."""
    work.input_text()
    if len(_named_labels(work.call)) < 2:
        raise InvalidInput(
            "Fewer than two labels are named, so there is nothing to choose from.",
            "Name them, such as: work, private.",
        )
    return _text_classification(work)


def _table_question_answering(work: _Work) -> tuple[str, Any]:
    """The table is read as the text that it is, its header on top of each piece."""
    header, _, rows = work.input_text("table").partition("\n")
    room = min(2000, work.room_tokens(256)) - work.llm.count_tokens(header)
    pieces_of_table = [f"{header}\n{part}" for part in work.pieces(rows, max(64, room))]
    return _answered(work, pieces_of_table)


_SKILLS: Mapping[str, _Skill] = {
    "summarization": _summarization,
    "translation": _translation,
    "question-answering": _question_answering,
    "text-generation": _text_generation,
    "text2text-generation": _text2text_generation,
    "text-classification": _text_classification,
    "zero-shot-classification": _zero_shot_classification,
    "table-question-answering": _table_question_answering,
    "token-classification": _token_classification,
    "conversational": _conversational,
}
TEXT_TASKS: frozenset[str] = frozenset(_SKILLS)
"""The task types that the controller LLM can do."""


def _written(call: ExpertCall, text: str, data: Any) -> Resource:
    path = call.out_dir / f"{call.stem}.txt"
    draft = path.with_suffix(".new")
    try:
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(path)
        size_bytes = path.stat().st_size
    except OSError as error:
        raise DiskFull(
            f"The result {path.name} cannot be written.",
            f"See whether there is room in {call.out_dir}.",
            str(error),
        ) from error
    return Resource(path.name, Kind.TEXT, path, "text/plain", size_bytes, text=text, data=data)
