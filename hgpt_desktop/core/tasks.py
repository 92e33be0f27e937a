"""Task types: the vocabulary that plans are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hgpt_desktop.core.resources import Kind


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The numbers that an option takes, both ends included.

    Args:
        unit: for people (`px`, `s`); may be empty.
        whole: whether only whole numbers make sense.
    """

    lowest: float
    highest: float
    unit: str = ""
    whole: bool = True

    def read(self, text: str) -> float | None:
        """The number that a text is; None where it is none, or not one of the range."""
        try:
            number = float(text)
        except ValueError:
            return None
        fits = self.lowest <= number <= self.highest and (not self.whole or number == int(number))
        return number if fits else None

    def nearest(self, number: float) -> str:
        """The number of the range that is nearest, as it stands in a plan."""
        within = min(max(number, self.lowest), self.highest)
        return str(round(within)) if self.whole else f"{within:g}"

    def __str__(self) -> str:
        return f"{self.lowest:g} to {self.highest:g}{f' {self.unit}' if self.unit else ''}"


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input of a task type.

    Args:
        name: the argument's key in the plan (`image`, `text`, `question`).
        kinds: what it accepts. With `Kind.TEXT` a literal string is accepted too.
        required: whether the task can run without it.
        many: whether one call takes several resources (they are handed over together);
            otherwise the task runs once for each.
        literal_only: the value is always written out by the planner (a question, a language),
            never a reference.
        choices: the values a literal may take; empty means any text.
        number: the literal is a number of this range.
        default: the value of an option that is not given; None leaves it to the expert.
        said: how people name an option in a request: for a number, texts with `{n}` in its place and `#` for
            any other number (`{n} by #`); for a choice, words for each of its values.
    """

    name: str
    kinds: tuple[Kind, ...]
    required: bool = True
    many: bool = False
    literal_only: bool = False
    choices: tuple[str, ...] = ()
    number: NumberRange | None = None
    default: str | None = None
    said: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def is_option(self) -> bool:
        """Whether it only says how: a number or a choice that may be left out."""
        return not self.required and (self.number is not None or bool(self.choices))


@dataclass(frozen=True, slots=True)
class TaskType:
    """A kind of work, named by its Hugging Face pipeline tag."""

    name: str
    description: str
    inputs: tuple[InputSpec, ...]
    outputs: tuple[Kind, ...]
    needs_tool: bool = True  # False: the LLM answers by itself (conversational)

    def input(self, name: str) -> InputSpec | None:
        """The input of that name, or None."""
        return next((spec for spec in self.inputs if spec.name == name), None)

    @property
    def options(self) -> tuple[InputSpec, ...]:
        """The inputs that only say how."""
        return tuple(spec for spec in self.inputs if spec.is_option)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The task types that a planner may use, in the order in which the prompt shows them."""

    task_types: tuple[TaskType, ...]
    _by_name: Mapping[str, TaskType] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {task_type.name: task_type for task_type in self.task_types}
        if len(by_name) != len(self.task_types):
            raise ValueError("a task type is in the vocabulary twice")
        object.__setattr__(self, "_by_name", by_name)

    def __iter__(self) -> Iterator[TaskType]:
        return iter(self.task_types)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> TaskType:
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all task types, in order."""
        return tuple(task_type.name for task_type in self.task_types)
