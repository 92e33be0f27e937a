"""Every sentence of the engine is read from its source, and has its translations."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sentences import Module, Reader, engine_sentences
from translate import TRANSLATIONS, translations_in, write_engine_file

from hgpt_desktop.core.phrasebook import Phrasebook

FILES = sorted(TRANSLATIONS.glob("engine_*.ts"))
HOW = "call `make translate`, write the translation into {file}, and call it again"


Found = tuple[list[str], list[str]]


@pytest.fixture(scope="module")
def said() -> Found:
    """What the engine can say, and what could not be read of it."""
    return engine_sentences()


def read(source: str) -> Reader:
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    reader = Reader([Module(Path("a.py"), tree, parents)])
    reader.read()
    return reader


def shown(texts: set[str]) -> list[str]:
    return sorted((text.replace("\0", "…") for text in texts), key=lambda text: text.replace("…", " "))


FORMS = {
    "texts": ('raise HgptError("It is full.", "Free some.")', ["Free some.", "It is full."]),
    "a hole": ('raise HgptError(f"{name} is full.")', ["… is full."]),
    "a kind of error": ('class Lost(HgptError): ...\nraise Lost("Gone.", hint="Look.")', ["Gone.", "Look."]),
    "an ending": ("raise HgptError(f\"{n} file{'s' if n > 1 else ''}.\")", ["… file.", "… files."]),
    "two sentences": ('raise HgptError("A." if x else f"B {y}.")', ["A.", "B …."]),
    "a constant": ('_HINT = "Mend it."\nraise HgptError("A.", _HINT)', ["A.", "Mend it."]),
    "a table": (
        'W = {1: "in oil", 2: "in ink"}\nraise HgptError(f"Drawn {W[n]}.")',
        ["Drawn in ink.", "Drawn in oil."],
    ),
    "an argument": (
        'def _f(what):\n raise HgptError(f"No {what}.")\n_f("ink")\n_f("oil")',
        ["No ink.", "No oil."],
    ),
    "a name": ('def f():\n a = "in"\n a += " ink"\n raise HgptError(f"Be {a}.")', ["Be in ink.", "Be in."]),
    "a function": (
        'def g(s): return f"in {s} s" if s else "now"\nraise HgptError(f"Ends {g(1)}.")',
        ["Ends in … s.", "Ends now."],
    ),
    "two given back": (
        'def g(): return "A.", "B."\ndef f():\n a, b = g()\n raise HgptError(a, b)',
        ["A.", "B."],
    ),
    "a sum": ('on_progress(0.5, f"step {a} of {b + 1}")', ["step … of …"]),
    "an attribute": (
        "class A:\n def __init__(self, name): self.name = name\n"
        ' def f(self): raise HgptError(f"{self.name} fell.")\nA("The cup")',
        ["The cup fell."],
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_sentences_are_read_from_source(form: str) -> None:
    source, sentences = FORMS[form]
    reader = read(source)
    assert shown(reader.sentences) == sentences
    assert reader.words == set()
    assert reader.unread == []


def test_many_alternatives_fill_a_hole() -> None:
    calls = "\n".join(f'_f("a {thing}")' for thing in ("pen", "cup", "hat", "coat"))
    reader = read(f'def _f(what):\n raise HgptError(f"Needs {{what}}.")\n{calls}')
    assert shown(reader.sentences) == ["Needs …."]
    assert shown(reader.words) == ["a coat", "a cup", "a hat", "a pen"]
    assert read('class Rung(Enum):\n A = "in tiles"').words == {"in tiles"}


def test_what_was_said_elsewhere_is_passed_on_and_what_cannot_be_read_is_told() -> None:
    assert read("raise HgptError(error.message, error.hint)").unread == []
    assert read("raise HgptError(tell())").unread == ["a.py:1: tell()"]


def test_the_engine_can_be_read(said: Found) -> None:
    found, unread = said
    assert unread == [], "write these sentences where they are said, as a text or an f-string"
    assert len(found) > 900
    assert [one for one in found if re.search(r"%\d+\s?%\d+", one)] == [], (
        "nobody can tell where one hole ends"
    )
    assert {"The model %1 is not installed.", "Update the program.", "object-detection"} <= set(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sentence_of_the_engine_has_its_translation(path: Path, said: Found) -> None:
    known = translations_in(path)
    found, _ = said
    assert [one for one in found if one not in known] == [], HOW.format(file=path.name)
    assert [one for one in known if one not in set(found)] == [], (
        "call `make translate`: these are not said any more"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_translations_keep_their_holes_and_commands(path: Path) -> None:
    for source, translation in translations_in(path).items():
        assert set(re.findall(r"%\d+", source)) == set(re.findall(r"%\d+", translation)), source
        assert sorted(re.findall(r"`[^`]*`", source)) == sorted(re.findall(r"`[^`]*`", translation)), source
        words = re.sub(r"`[^`]*`", "", source)
        assert translation != source or not re.search(r"[a-z] [a-z]", words), source


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sentence_is_recognised_whatever_fills_it(path: Path) -> None:
    book = Phrasebook.read(path)
    for source, translation in translations_in(path).items():
        for value in (r"Ω\1", r"Ω \1. Ω.png", r"/Ω/\1; Ω"):
            english, wanted = (re.sub(r"%(\d+)", value, text) for text in (source, translation))
            assert book.said(english) == wanted, f"this is taken for another sentence: {source}"


def test_the_file_is_written_as_make_translate_writes_it(tmp_path: Path, said: Found) -> None:
    for path in FILES:
        fresh = tmp_path / path.name
        assert write_engine_file(fresh, said[0], translations_in(path)) == []
        assert fresh.read_bytes() == path.read_bytes(), "call `make translate`"
