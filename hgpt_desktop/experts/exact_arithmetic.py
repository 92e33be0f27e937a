"""Arithmetic without a model: a formula is parsed, its parts are checked, and it is worked out exactly.

Whole numbers and decimals are counted as fractions, so that 0.1 + 0.2 is 0.3; roots and the like as floats.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import ShouldStop, required_text, write_text

Value = Fraction | float

_MOST_CHARACTERS = 500
_MOST_BITS = 20_000  # of a whole number on the way; a power beyond it would take long and say nothing
_SHOWN_DIGITS = 12

_TWO: Mapping[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: lambda a, b: Fraction(math.floor(a / b)),
    ast.Mod: lambda a, b: a - b * math.floor(a / b),
}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    name: getattr(math, name)
    for name in ("sqrt", "cbrt", "exp", "log", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan")
}
_EXACT: Mapping[str, Callable[..., Value]] = {
    "abs": abs,
    "min": min,
    "max": max,
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
    "round": lambda value, digits=Fraction(0): Fraction(round(Fraction(value), int(digits))),
    "factorial": lambda value: Fraction(_factorial(value)),
}
_CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e, "π": math.pi}

# What people write, and how a formula says it. Longer words stand before those that begin them.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"(\d)[,\s](?=\d{3}(?!\d))", r"\1"),  # 1,000 and 1 000
    (r"(?:the )?square root of|平方根", "sqrt "),
    (r"\bto the power of\b|\bthe power\b|\^|的次方|次方", "**"),
    (r"\bsquared\b|²|平方", "**2"),
    (r"\bcubed\b|³|立方", "**3"),
    (r"\bdivided by\b|\bover\b|÷|除以", "/"),
    (r"\bmultiplied by\b|\btimes\b|(?<=\d)\s*x\s*(?=\d)|×|·|乘以|乘", "*"),
    (r"\bplus\b|加上|加", "+"),
    (r"\bminus\b|−|–|減去|減", "-"),
    (r"%\s*of\b|\bper ?cent of\b", "/100*"),
    (r"\bper ?cent\b|%(?!\s*[\d(])", "/100"),
    (r"(\d+)\s*!", r"factorial(\1)"),
    (r"\bmod(?:ulo)?\b", "%"),
    (r"sqrt\s+(\d+(?:\.\d+)?)", r"sqrt(\1)"),
    (r"√\s*(\d+(?:\.\d+)?)", r"sqrt(\1)"),
    (r"√", "sqrt"),
)
_NAMES = "|".join(sorted({*_FUNCTIONS, *_EXACT, *_CONSTANTS}, key=len, reverse=True))
_FORMULA = re.compile(
    rf"(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+|\b(?:{_NAMES})\b|\*\*|[-+*/%(),\s])+", re.IGNORECASE
)


def work_out(call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
    """The value of the formula in `expression`. Data: `{"expression", "value", "exact"}`.

    Raises:
        InvalidInput: there is no formula, or it has no value.
    """
    given = required_text(call, "expression")
    formula = formula_in(given)
    value = evaluate(formula)
    shown = in_digits(value)
    data = {"expression": formula, "value": float(shown), "exact": isinstance(value, Fraction)}
    return (write_text(call, f"{formula} = {shown}", data),)


def formula_in(text: str) -> str:
    """The one formula that a text holds, its words put into signs.

    Raises:
        InvalidInput: there is none, or words stand between its numbers that are not understood.
    """
    plain = text.strip()
    if len(plain) > _MOST_CHARACTERS:
        raise InvalidInput(
            f"The formula has more than {_MOST_CHARACTERS} characters.", "Work it out in parts."
        )
    for words, sign in _WORDS:
        plain = re.sub(words, sign, plain, flags=re.IGNORECASE)
    stretches = [match[0].strip(" ,") for match in _FORMULA.finditer(plain)]
    numbers = [one for one in stretches if re.search(r"\d|\bpi\b|π", one)]
    if len(numbers) != 1 or not re.search(r"[-+*/%]|[a-z]\s*\(", numbers[0].lstrip("-+ "), re.IGNORECASE):
        raise InvalidInput(f"There is no formula to work out in {text.strip()[:60]!r}.", _HINT)
    return " ".join(numbers[0].split())


_HINT = "Write it as a formula, such as (3 + 4) * 2.5 or sqrt(144)."


def evaluate(formula: str) -> Value:
    """The value of a formula: a fraction where it can be exact.

    Raises:
        InvalidInput: it is no formula, divides by zero, or leads to numbers without bounds.
    """
    try:
        tree = ast.parse(formula.strip(), mode="eval")
        return _value(tree.body)
    except InvalidInput:
        raise
    except ZeroDivisionError as error:
        raise InvalidInput(f"{formula} divides by zero.", "Nothing can be divided by zero.") from error
    except OverflowError as error:
        raise _too_large() from error
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise InvalidInput(f"{formula[:80]} cannot be worked out.", _HINT, str(error)) from error


def _value(node: ast.expr) -> Value:
    match node:
        case ast.Constant(value=bool()):
            raise ValueError("not a number")
        case ast.Constant(value=int() as whole):
            return _bounded(Fraction(whole))
        case ast.Constant(value=float()):
            return _bounded(Fraction(ast.unparse(node)))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _value(inner)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left), _value(right))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _TWO:
            return _bounded(_TWO[type(sign)](_value(left), _value(right)))
        case ast.Name(id=name) if name.lower() in _CONSTANTS:
            return _CONSTANTS[name.lower()]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _called(name.lower(), [_value(one) for one in args])
    raise ValueError(f"{ast.unparse(node)} is not allowed")


def _called(name: str, values: list[Value]) -> Value:
    if name in _EXACT:
        return _bounded(_EXACT[name](*values))
    made = _FUNCTIONS[name](*map(float, values)) if name in _FUNCTIONS else math.nan
    if not math.isfinite(made):
        raise ValueError(f"{name} has no value here")
    return Fraction(int(made)) if name in ("sqrt", "cbrt") and made.is_integer() else made


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if bits * abs(exponent.numerator) > _MOST_BITS:
            raise _too_large()
        power: Fraction = base**exponent.numerator
        return _bounded(power)
    made: float | complex = float(base) ** float(exponent)
    if isinstance(made, complex) or not math.isfinite(made):
        raise ValueError("the power has no value")
    return made


def _factorial(value: Value) -> int:
    if value != int(value) or not 0 <= value <= 1000:
        raise ValueError("a factorial is of a whole number up to 1000")
    return math.factorial(int(value))


def _bounded(value: Value) -> Value:
    if isinstance(value, Fraction):
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > _MOST_BITS:
            raise _too_large()
    elif not math.isfinite(value):
        raise _too_large()
    return value


def _too_large() -> InvalidInput:
    return InvalidInput("The numbers in this become too large.", "Take smaller numbers.")


def in_digits(value: Value) -> str:
    """A value as people write it: whole where it is whole, else rounded to twelve digits."""
    if isinstance(value, Fraction) and value.denominator == 1:
        if value.numerator.bit_length() > 1000:  # longer than Python likes to write out, and people to read
            return f"{_float(value):.{_SHOWN_DIGITS}g}"
        return str(value.numerator)
    return f"{_float(value):.{_SHOWN_DIGITS}g}"


def _float(value: Value) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise _too_large() from error
