"""A request split into its demands: the parts that each ask for something.

A small LLM that sees one demand at a time forgets none, adds none and knows when it is done. The split is
made by rules: sentences end at their marks, and a sentence is cut where a connecting word or a comma is
followed by a word of action. The words are data (`resources/request_words.yaml`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import yaml

from hgpt_desktop.controller.quoting import FILE_NAME, QUOTED, head
from hgpt_desktop.core.errors import CatalogUnavailable
from hgpt_desktop.core.lengths import words_in
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.settings import shipped

WORDS_FILE = shipped("resources") / "request_words.yaml"
_SENTENCE_END = re.compile(r"[.!?;]+\s+|[。！？；]\s*|\s*\n+\s*")
_CONNECTION = re.compile(
    r",?\s+(?:and|then|but|so that|as well as|followed by|before you|und|dann)\s+|,\s+|[，、]\s*"
    r"|(?=然後|然后|接著|接着|再把|並|并且|最後|最后)"
)
_FINE_CONNECTION = re.compile(
    r",?\s+(?:and then|and also|and|then|but|so that|as well as|followed by|before you|before|after which"
    r"|while|plus|to|based on|using|from|that|which|by|und|dann)\s+|,\s+|[:：]\s*|\s+\(|\)\s*|[，、]\s*"
    r"|(?=然後|然后|接著|接着|再把|並|并且|最後|最后)"
)
_LISTS = ("actions", "wishes", "openers", "empty", "everything", "languages", "characters")
_LONG_PART = re.compile(r"(?<=[:：])[^\n]+|\n[^\n]+")
_HELD = re.compile(r"\x00(\d+)\x00")
_PIECES = re.compile(r"\x00\d+\x00|[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_INTO = ("in", "into", "to")
_FEWEST_WORDS = 2  # a part of fewer words goes with its neighbour
_MOST_DEMANDS = 12
_MOST_PARTS = 48
_SHOWN_WORDS = 32  # so much of a demand is shown
_LONG_WORDS = 20  # what follows a colon or stands in a paragraph of its own is a text from so many words on
_QUOTE_WORDS = 6  # so much of a quotation is shown in a demand


@dataclass(frozen=True, slots=True)
class RequestWords:
    """The words by which a request is cut.

    Args:
        actions: words that ask for something to be done, lower case.
        wishes: words that say that something is asked for.
        openers: words that may stand between a connecting word and the action.
        empty: words that say nothing about what is asked for.
        everything: words that say that all files of a kind are meant.
        languages: names of languages; "and into French" asks for something of its own.
        files: for each kind of file the words that name one.
        numbers: numbers that are written as words.
        questions: how a question about a way to do something begins.
        characters: the actions for languages that are written without blanks.
    """

    actions: frozenset[str]
    wishes: frozenset[str]
    openers: frozenset[str]
    empty: frozenset[str]
    everything: frozenset[str]
    languages: frozenset[str]
    files: Mapping[Kind, tuple[str, ...]]
    numbers: Mapping[str, int]
    questions: tuple[str, ...]
    characters: tuple[str, ...]


@lru_cache(maxsize=4)
def load_request_words(path: Path = WORDS_FILE) -> RequestWords:
    """The words of the file.

    Raises:
        CatalogUnavailable: it cannot be read or is not written as it should be.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        listed = {key: str(content[key]).split() for key in _LISTS}
        return RequestWords(
            actions=frozenset(listed["actions"]),
            wishes=frozenset(listed["wishes"]),
            openers=frozenset(listed["openers"]),
            empty=frozenset(listed["empty"]),
            everything=frozenset(listed["everything"]),
            languages=frozenset(listed["languages"]),
            files={Kind(kind): tuple(str(named).split()) for kind, named in content["files"].items()},
            numbers={
                str(word): int(number) for number, words in content["numbers"].items() for word in words
            },
            questions=tuple(content["questions"]),
            characters=tuple(listed["characters"]),
        )
    except (
        OSError,
        UnicodeDecodeError,
        yaml.YAMLError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        raise CatalogUnavailable(
            f"The list of words {path} cannot be read.", "Reinstall the program.", repr(error)
        ) from error


@dataclass(frozen=True, slots=True)
class Demand:
    """A part of a request that asks for something.

    Args:
        shown: as the planner's prompt shows it: on one line, long quotations cut short.
        asked: the asking part alone, quotations whole.
    """

    shown: str
    asked: str


def is_bare_question(request_text: str) -> bool:
    """Whether a request is one question with nothing beside it that it could be about."""
    text = request_text.strip()
    return text[-1:] in "?？" and not re.search(r"[:：\n]", text) and len(_sentences(text)) <= 2


def means_all(demand: Demand, words: RequestWords | None = None) -> bool:
    """Whether a demand speaks of all files of a kind ("each of these")."""
    words = words or load_request_words()
    text = QUOTED.sub(" ", demand.shown).lower()
    found = set(_PIECES.findall(text))
    return any(word in found or (not word.isascii() and word in text) for word in words.everything)


def names_a_file(demand: Demand, kinds: Collection[Kind], words: RequestWords | None = None) -> bool:
    """Whether a demand speaks of a file of such a kind ("this picture"), and not of how something is done."""
    words = words or load_request_words()
    text = QUOTED.sub(" ", demand.asked).lower()
    if text.lstrip().startswith(words.questions):
        return False
    found = set(_PIECES.findall(text))
    named = [word for kind in kinds for word in words.files.get(kind, ())]
    return any(word in found or (not word.isascii() and word in text) for word in named)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a request that is not cut further.

    Args:
        begin: where it begins in the request with quotations taken out; `end` likewise.
        words: what it says, without quotations and names of files.
        asks: whether it begins with a word of action, or begins a sentence that asks for something.
    """

    begin: int
    end: int
    words: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Pieces:
    """A request cut at every word that may connect two demands."""

    parts: tuple[Part, ...]
    _text: str
    _taken_out: tuple[str, ...]

    def words(self, first: int, after: int) -> str:
        """What these parts say, without quotations and names of files."""
        return " ".join(part.words for part in self.parts[first:after])

    def demand(self, first: int, after: int, shown_from: int, shown_to: int) -> Demand:
        """The parts from `first` up to but without `after` as one demand.

        Args:
            shown_from: where what is shown begins, with what asks for nothing before; `shown_to` likewise.
        """

        def text(begin: int, end: int, *, cut: bool) -> str:
            return _whole(
                self._text[self.parts[begin].begin : self.parts[end - 1].end], self._taken_out, cut=cut
            )

        return Demand(text(shown_from, shown_to, cut=True), text(first, after, cut=False))


def split_parts(request_text: str, words: RequestWords | None = None) -> Pieces:
    """A request in pieces, in their order; what is too long for many pieces ends in a large one."""
    words = words or load_request_words()
    text, held = _held(request_text, words)
    parts: list[Part] = []
    for begin, end, is_question in _sentence_places(text):
        places = [begin]
        for match in _FINE_CONNECTION.finditer(text, begin, end):
            if match.group().strip().lower() == "to" and _names_language(text[match.end() : end], words):
                continue  # "translate it to German" is one thing
            places += [match.start(), match.end()]
        places.append(end)
        is_first = True
        for start, stop in zip(places[::2], places[1::2], strict=True):
            said = " ".join(_HELD.sub(" ", text[start:stop]).split())
            if not re.search(r"\w", text[start:stop]) or len(parts) == _MOST_PARTS:
                if parts:
                    parts[-1] = replace(parts[-1], end=max(stop, parts[-1].end))
                continue
            asks = _begins_with_action(said, words) or (
                is_first and _asks(said, words, is_question=is_question)
            )
            parts.append(Part(start, stop, said, asks))
            is_first = False
    if not parts:
        parts.append(Part(0, len(text), text, True))
    return Pieces(tuple(parts), text, tuple(held))


def split_demands(request_text: str, words: RequestWords | None = None) -> tuple[Demand, ...]:
    """The parts of a request in their order.

    What asks for nothing ("I have a picture a.png") goes with the part after it, or before it at the end.
    A request in which nothing is found is one demand.
    """
    words = words or load_request_words()
    text, held = _held(request_text, words)
    parts = [
        (part, _asks(part, words, is_question=is_question and part is cut[-1]))
        for sentence, is_question in _sentences(text)
        for cut in [_parts(sentence, words)]
        for part in cut
        if part.strip(" ,.:;，。：；\n\t")
    ]
    joined = _joined(parts)
    found = [Demand(_whole(shown, held, cut=True), _whole(asked, held)) for shown, asked in joined]
    if not found or len(found) > _MOST_DEMANDS:
        kept = found[: _MOST_DEMANDS - 1] if found else []
        rest = request_text if not found else "; ".join(one.asked for one in found[_MOST_DEMANDS - 1 :])
        return (*kept, Demand(head(rest), rest))
    return tuple(found)


def _held(request_text: str, words: RequestWords) -> tuple[str, list[str]]:
    """The request with quotations, names of files and texts to work on taken out, and what was taken out."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[0])
        ended = match[0][-2:-1] in ".!?" and re.match(r"\s+[A-Z]", match.string[match.end() :])
        return f" \x00{len(held) - 1}\x00 " + (". " if ended else "")

    text = FILE_NAME.sub(hold, QUOTED.sub(hold, request_text.strip()))
    text = _LONG_PART.sub(lambda match: match[0] if _asks_within(match[0], words) else hold(match), text)
    return text, held


def _asks_within(part: str, words: RequestWords) -> bool:
    """Whether what looks like a text to work on is short, or goes on with demands."""
    if len(words_in(part)) < _LONG_WORDS:
        return True
    own_paragraph = part.startswith("\n")
    return not own_paragraph and any(
        _begins_with_action(sentence, words) for sentence, _ in _sentences(part.lstrip(" :："))
    )


def _sentences(text: str) -> list[tuple[str, bool]]:
    """Sentences without their marks, and whether each is a question."""
    return [(text[begin:end], is_question) for begin, end, is_question in _sentence_places(text)]


def _sentence_places(text: str) -> list[tuple[int, int, bool]]:
    """Where sentences begin and end, without their marks, and whether each is a question."""
    found = []
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        found.append((begin, match.start(), _is_question(match[0])))
        begin = match.end()
    return [*found, (begin, len(text), _is_question(text.rstrip()[-1:]))]


def _is_question(marks: str) -> bool:
    return "?" in marks or "？" in marks


def _parts(sentence: str, words: RequestWords) -> list[str]:
    """A sentence cut where a connection is followed by an action."""
    parts = []
    begin = 0
    for match in _CONNECTION.finditer(sentence):
        if len(_PIECES.findall(sentence[begin : match.start()])) < _FEWEST_WORDS and not _characters(
            sentence[begin : match.start()], words
        ):
            continue
        if _begins_with_action(sentence[match.end() :], words):
            parts.append(sentence[begin : match.start()])
            begin = match.end()
    return [*parts, sentence[begin:]]


def _names_language(text: str, words: RequestWords) -> bool:
    """Whether its first word is the name of a language."""
    first = _PIECES.match(text)
    return first is not None and first[0].lower() in words.languages


def _begins_with_action(text: str, words: RequestWords) -> bool:
    into = False
    for place, match in enumerate(_PIECES.finditer(text)):
        word = match[0].lower()
        if _is_action(word, words) or (place == 1 and into and word in words.languages):
            return True
        into = word in _INTO
        if word not in words.openers and not into:
            break
    return any(at in text[:8] for at in words.characters)


def _is_action(word: str, words: RequestWords) -> bool:
    """A word of action or its participle ("need it translated and visualized")."""
    return word in words.actions or (word.endswith("ed") and bool({word[:-1], word[:-2]} & words.actions))


def _asks(part: str, words: RequestWords, *, is_question: bool) -> bool:
    found = _PIECES.findall(part.lower())
    asks = is_question or any(word in words.actions or word in words.wishes for word in found)
    asks = asks or (len(found) == 2 and found[0] in _INTO and found[1] in words.languages)
    says = sum(word not in words.wishes and word not in words.openers for word in found)
    return (asks and says > 0 and len(found) >= _FEWEST_WORDS) or _characters(part, words)


def _characters(part: str, words: RequestWords) -> bool:
    return any(one in part for one in words.characters)


def _joined(parts: Sequence[tuple[str, bool]]) -> list[tuple[str, str]]:
    """Parts that ask for nothing put to those that do; each with the part that asks."""
    joined: list[tuple[str, str]] = []
    waiting = ""
    for part, asks in parts:
        whole = f"{waiting}; {part}" if waiting else part
        if asks:
            joined.append((whole, part))
            waiting = ""
        else:
            waiting = whole
    if waiting and joined:
        shown, asked = joined[-1]
        joined[-1] = (f"{shown}; {waiting}", asked)
    elif waiting:
        joined.append((waiting, waiting))
    return joined


def _whole(part: str, held: Sequence[str], *, cut: bool = False) -> str:
    """With what was held back in its place again; `cut`: long quotations by their beginning."""

    def show(match: re.Match[str]) -> str:
        text = _HELD.sub(
            lambda inner: held[int(inner[1])], held[int(match[1])]
        )  # a file's name in a quotation
        return head(text, _QUOTE_WORDS, 0) if cut and len(words_in(text)) > _QUOTE_WORDS else text

    flat = " ".join(_HELD.sub(show, part).split())
    flat = re.sub(r"\s+([,.:;)])", r"\1", flat)
    if cut:
        flat = head(flat, _SHOWN_WORDS, 0)
    return re.sub(r"\(\s+", "(", flat).strip(" ,.:;，。：；")
