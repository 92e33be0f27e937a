"""Languages: their names as people write them with their ISO 639-1 codes, and which one a text is in."""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

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
_IN_CHINESE = {
    "ar": "阿拉伯", "bg": "保加利亞|保加利亚", "cs": "捷克", "da": "丹麥|丹麦", "de": "德", "el": "希臘|希腊",
    "en": "英", "es": "西班牙", "fa": "波斯", "fi": "芬蘭|芬兰", "fr": "法", "he": "希伯來|希伯来",
    "hi": "印地|印度", "hu": "匈牙利", "id": "印尼|印度尼西亚", "it": "義大利|意大利", "ja": "日本?",
    "ko": "韓國?|韩国?", "ms": "馬來|马来", "nl": "荷蘭|荷兰", "no": "挪威", "pl": "波蘭|波兰",
    "pt": "葡萄牙", "ro": "羅馬尼亞|罗马尼亚", "ru": "俄羅?斯?|俄罗斯", "sv": "瑞典", "th": "泰國?|泰国",
    "tr": "土耳其", "uk": "烏克蘭|乌克兰", "vi": "越南", "zh": "中|國|国|華|华|漢|汉",
}  # fmt: skip
_CHINESE_NAMES = {code: re.compile(rf"(?:{names})[文語语話话]") for code, names in _IN_CHINESE.items()}
_CODES = {name.lower(): code for code, name in _NAMES.items()} | _OTHER_NAMES


def language_code(text: str) -> str | None:
    """The code for "German", "into german", "de", "de-AT", "Brazilian Portuguese", "德文"; else None."""
    cleaned = text.strip().lower()
    if cleaned in _CODES:
        return _CODES[cleaned]
    if cleaned[:2] in _NAMES and (len(cleaned) == 2 or cleaned[2:3] in "-_"):
        return cleaned[:2]
    words = cleaned.replace(",", " ").replace(".", " ").split()
    if named := next((_CODES[word] for word in reversed(words) if word in _CODES), None):
        return named
    return next((code for code, names in _CHINESE_NAMES.items() if names.search(cleaned)), None)


def english_name(code: str) -> str:
    """The language's English name; the code itself where it is not known."""
    return _NAMES.get(code, code)


_KIN = {
    "arz": "ar",
    "ary": "ar",
    "bs": "hr",
    "ms": "id",
    "nb": "no",
    "nn": "no",
    "pcm": "en",
    "sr": "hr",
    "wuu": "zh",
    "yue": "zh",
}
"""Languages, and others so alike that a sentence may be of either."""
_LEAST_LETTERS = 20
_MOST_CHARACTERS = 20_000
_ENGLISH = frozenset({
    "and", "are", "but", "from", "has", "his", "not", "she", "that", "the", "their", "them", "there", "they",
    "this", "what", "where", "which", "would", "you", "your",
})  # fmt: skip
"""Words that hardly any English text is without, and that no language alike has."""
_ENGLISH_WORDS, _ENGLISH_SHARE = 2, 0.1  # so many of them, and so much of all words
_SURE, _IMPOSSIBLE = 0.7, 0.01  # the chance of the best language, and of all known ones together

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


def identified(text: str, known: Sequence[str]) -> str | None:
    """The code of the language that a text is in, where that is surely none of the known ones.

    None where it may well be one of them, or where nobody could tell: a name, code, a few words.

    Source: py3langid (BSD-3-Clause). Measured on 1000 English sentences, 1000 pairs of words and 1000 words,
    English known: no false alarm; of 200 sentences each in 25 other languages of the Latin script 94 % found.
    """
    text = text[:_MOST_CHARACTERS]
    if sum(map(str.isalpha, text)) < _LEAST_LETTERS or ("en" in known and _is_plainly_english(text)):
        return None
    chances: dict[str, float] = {}
    for code, chance in _identifier().rank(text):
        kin = _KIN.get(code, code)
        chances[kin] = chances.get(kin, 0.0) + float(chance)
    best = max(chances, key=chances.__getitem__)
    own = sum(chances.get(_KIN.get(code, code), 0.0) for code in known)
    sure = best in _NAMES and chances[best] >= _SURE and own <= _IMPOSSIBLE
    return best if sure else None


def _is_plainly_english(text: str) -> bool:
    """What needs no model to be seen; that of all languages takes 80 MB and half a second."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    own = sum(word in _ENGLISH for word in words)
    return own >= max(_ENGLISH_WORDS, _ENGLISH_SHARE * len(words))


@cache
def _identifier() -> Any:
    langid: Any = importlib.import_module("py3langid.langid")
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)


def refuse_script(card: ModelCard, *texts: str) -> None:
    """What a model says to texts that it cannot read, instead of making nonsense of them.

    Raises:
        ExecutionFailed: so that another model is tried.
    """
    if not all(written_in(text, card.languages) for text in texts if _limited(card)):
        raise ExecutionFailed(
            f"{card.name} does not know the script of this text.",
            f"It knows {_known(card)}. Install a model for the language of the text, or translate it first.",
        )


def refuse_language(card: ModelCard, text: str) -> None:
    """As `refuse_script`, and for languages of the same script: for models whose result would be nonsense."""
    refuse_script(card, text)
    if _limited(card) and (code := identified(text, card.languages)):
        name = english_name(code)
        raise ExecutionFailed(
            f"{card.name} does not know {name}, in which this text seems to be written.",
            f"It knows {_known(card)}. Install a model for {name}, or translate the text first.",
        )


def language_note(card: ModelCard, *texts: str) -> str:
    """What is to be said beside the result of a model that does not know a text's script or language; or "".

    For models whose result may still be of use: a name is often found in any language.
    """
    for text in texts if _limited(card) else ():
        if not written_in(text, card.languages):
            return f"{card.name} does not know the script of this text, so the result may be wrong."
        if code := identified(text, card.languages):
            return (
                f"This text seems to be {english_name(code)}, and {card.name} knows {_known(card)}, "
                "so the result may be wrong."
            )
    return ""


def _limited(card: ModelCard) -> bool:
    """Whether the catalogue says for which languages a model is."""
    return bool(card.languages) and "multilingual" not in card.languages


def _known(card: ModelCard) -> str:
    return ", ".join(english_name(code) for code in card.languages)
