"""Bring the translation files up to what the program says: `make translate`.

New words and sentences come in without a translation, and are named; write theirs into the `.ts` file, with a
text editor or Qt Linguist, and call this again. What is not said any more goes.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from sentences import ROOT, engine_sentences

TRANSLATIONS = ROOT / "resources" / "translations"
_QUOTES = {'"': "&quot;", "'": "&apos;"}
_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="{language}" sourcelanguage="en">
<context>
    <name>engine</name>
"""
_MESSAGE = """    <message>
        <source>{source}</source>
        <translation{state}>{translation}</translation>
    </message>
"""
_FOOT = """</context>
</TS>
"""


def translations_in(path: Path) -> dict[str, str]:
    """What a `.ts` file has a finished translation for."""
    return {source: text for source, text, finished in _messages(path) if finished}


def _messages(path: Path) -> Iterator[tuple[str, str, bool]]:
    for message in ET.parse(path).getroot().iter("message"):  # noqa: S314 - a file of the project
        source, translation = message.findtext("source") or "", message.find("translation")
        text = "" if translation is None else translation.text or ""
        yield source, text, bool(text) and translation is not None and translation.get("type") is None


def write_engine_file(path: Path, sources: list[str], known: dict[str, str]) -> list[str]:
    """Write the engine's sentences with their translations; those that have none."""
    messages = [
        _MESSAGE.format(
            source=escape(source, _QUOTES),
            state="" if source in known else ' type="unfinished"',
            translation=escape(known.get(source, ""), _QUOTES),
        )
        for source in sources
    ]
    path.write_text(
        _HEAD.format(language=path.stem.partition("_")[2]) + "".join(messages) + _FOOT, encoding="utf-8"
    )
    return [source for source in sources if source not in known]


def _tool(name: str, *arguments: str | Path) -> None:
    subprocess.run([Path(sys.executable).with_name(name), *arguments], check=True, capture_output=True)


def main() -> int:
    """Renew all translation files; 1 where something is not translated or not readable."""
    sources, unread = engine_sentences()
    for place in unread:
        print(f"{place}\n    This sentence cannot be read here: write it there as a text or an f-string.")
    untranslated = 0
    for window in sorted(TRANSLATIONS.glob("hgpt_*.ts")):
        words = sorted((ROOT / "hgpt_desktop" / "ui").glob("*.py"))
        _tool("pyside6-lupdate", *words, "-no-obsolete", "-locations", "none", "-ts", window)
        _tool("pyside6-lrelease", window, "-qm", window.with_suffix(".qm"))
        engine = window.with_name(window.name.replace("hgpt_", "engine_"))
        known = translations_in(engine) if engine.exists() else {}
        missing = write_engine_file(engine, sources, known)
        unfinished = [source for source, _, finished in _messages(window) if not finished]
        for path, texts in ((window, unfinished), (engine, missing)):
            untranslated += len(texts)
            for text in texts:
                print(f"{path.relative_to(ROOT)}: no translation yet of: {text}")
    print("Not complete." if untranslated or unread else "All is translated.")
    return 1 if untranslated or unread else 0


if __name__ == "__main__":
    sys.exit(main())
