"""Names of languages, as a planner or a person writes them, and their ISO 639-1 codes."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.models import ModelCard

_NAMES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mk": "Macedonian",
    "ms": "Malay",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sq": "Albanian",
    "sr": "Serbian",
    "sv": "Swedish",
    "sw": "Swahili",
    "ta": "Tamil",
    "th": "Thai",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
_OTHER_NAMES = {
    "deutsch": "de",
    "englisch": "en",
    "français": "fr",
    "francais": "fr",
    "französisch": "fr",
    "español": "es",
    "espanol": "es",
    "castilian": "es",
    "spanisch": "es",
    "italiano": "it",
    "italienisch": "it",
    "português": "pt",
    "nederlands": "nl",
    "flemish": "nl",
    "mandarin": "zh",
    "farsi": "fa",
    "filipino": "tl",
    "bokmål": "no",
    "nynorsk": "no",
}
_CODES = {name.lower(): code for code, name in _NAMES.items()} | _OTHER_NAMES


def language_code(text: str) -> str | None:
    """The code for "German", "into german", "de", "de-AT", "Brazilian Portuguese"; None if none is named."""
    cleaned = text.strip().lower()
    if cleaned in _CODES:
        return _CODES[cleaned]
    if cleaned[:2] in _NAMES and (len(cleaned) == 2 or cleaned[2:3] in "-_"):
        return cleaned[:2]
    words = cleaned.replace(",", " ").replace(".", " ").split()
    return next((_CODES[word] for word in reversed(words) if word in _CODES), None)


def english_name(code: str) -> str:
    """The language's English name; the code itself where it is not known."""
    return _NAMES.get(code, code)


_SCRIPTS = {
    **dict.fromkeys(("ar", "fa", "ur"), ("ARABIC",)),
    **dict.fromkeys(("bg", "mk", "ru", "uk"), ("CYRILLIC",)),
    "sr": ("CYRILLIC", "LATIN"),
    "bn": ("BENGALI",),
    "el": ("GREEK",),
    "he": ("HEBREW",),
    "hi": ("DEVANAGARI",),
    "ja": ("CJK", "HIRAGANA", "KATAKANA"),
    "ko": ("HANGUL",),
    "ta": ("TAMIL",),
    "th": ("THAI",),
    "zh": ("CJK", "BOPOMOFO"),
}
"""What a language is written in, as Unicode names its letters, where it is not Latin."""


def written_in(text: str, languages: Sequence[str]) -> bool:
    """Whether at least half of the letters are of a script of these languages; of none named, all are."""
    scripts = {script for code in languages for script in _SCRIPTS.get(code, ("LATIN",))}
    letters = [unicodedata.name(letter, "") for letter in text if letter.isalpha()]
    own = sum(any(name.startswith(script) for script in scripts) for name in letters)
    return not scripts or 2 * own >= len(letters)


def refuse_script(card: ModelCard, text: str) -> None:
    """What a model says to a text that it cannot read, instead of making nonsense of it.

    Raises:
        ExecutionFailed: so that another model is tried.
    """
    if not written_in(text, card.languages):
        known = ", ".join(english_name(code) for code in card.languages)
        raise ExecutionFailed(
            f"{card.name} does not know the script of this text.",
            f"It knows {known}. Install a model for the language of the text, or translate it first.",
        )
