"""GBNF grammars for texts that the LLM writes into a plan."""

from __future__ import annotations

import re

# After the closing quote the line goes on. A model's tokens often hold both (`")` and a line break): a text
# that had to end with the bare quote would run on for want of the token that the model means to end it with.
_CLOSING = r"""close ::= "\"" ( ")\n" | "," )"""
FREE_TEXT = "root ::= " + r"""( [^"\\\x0a] | "\\" ["\\n] )+ close""" + "\n" + _CLOSING
"""Any text up to the closing quote and what follows it, on one line."""

_UNIT = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w[\w\u2019'-]*\w|\w|[^\w\s\x00-\x1f\x7f]")
_MOST_UNITS = 600


def part_of(text: str, *, or_words: bool = False) -> str | None:
    """A grammar for any run of the text's words, up to the closing quote; None where there are none, or where
    the text is too long for a grammar.

    A run begins with a word and ends with a word or a punctuation mark; white space within it is one blank.

    Args:
        or_words: allow one or two words that do not stand in the text too (a language that is only implied).
    """
    found = list(_UNIT.finditer(text))
    if not found or len(found) > _MOST_UNITS:
        return None
    rules = []
    for number, match in enumerate(found):
        unit = _terminal(match[0])
        if number + 1 == len(found):
            rules.append(f"u{number} ::= {unit} close")
        else:
            blank = '" " ' if text[match.end() : found[number + 1].start()] else ""
            rules.append(f"u{number} ::= {unit} ( close | {blank}u{number + 1} )")
    starts = [f"u{number}" for number, match in enumerate(found) if re.match(r"\w", match[0])]
    if not starts:
        return None
    if or_words:
        starts.append("words")
        rules.append(r"""words ::= [A-Z] [a-z]{2,16} ( " " [A-Z] [a-z]{2,16} )? close""")
    return "\n".join([f"root ::= {' | '.join(starts)}", *rules, _CLOSING])


def _terminal(unit: str) -> str:
    """The unit as it stands between double quotes in a plan, as a GBNF literal."""
    in_plan = unit.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + in_plan.replace("\\", "\\\\").replace('"', '\\"') + '"'
