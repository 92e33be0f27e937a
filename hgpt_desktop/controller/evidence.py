"""What the words of a demand say about the task that meets it, learned from examples.

A small LLM confuses neighbours (`text-to-image`, `image-to-text`) that a handful of example phrases tell
apart. A ridge regression from words to task types, over the phrases of `resources/phrases.yaml` and, where
there are any, plans known before, gives each type a figure: about 1 where the words are those of its
examples, about 0 where they say nothing. The decoder adds it to the LLM's own log-probabilities.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from hgpt_desktop.controller.demands import RequestWords, load_request_words
from hgpt_desktop.controller.quoting import FILE_NAME, QUOTED
from hgpt_desktop.core.errors import CatalogUnavailable
from hgpt_desktop.core.tasks import TaskType, Vocabulary
from hgpt_desktop.settings import shipped

if TYPE_CHECKING:
    import numpy as np

PHRASES_FILE = shipped("resources") / "phrases.yaml"
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_ENDINGS = ("ation", "ing", "ion", "ed", "es", "s", "e")
_STEM_CHARS = 4  # at least so many characters stay of a word
_EARLY_WORDS, _LATER_WEIGHT = 5, 0.7  # what is asked for stands at the beginning
_PAIR_WEIGHT = 0.6
_OTHERS = -0.1  # the target for all types but the right one
_RIDGE = 1.0

NOTHING = ""
Example = tuple[str, str]
"""Words, and the task type that they ask for, or `NOTHING`."""


class TaskEvidence:
    """Scores task types by the words of a demand.

    Args:
        task_types: those that are scored; each one's name and description are an example of it.
        examples: words with what they ask for; those of types that are not scored are left out.

    Threads: any, after construction.
    """

    def __init__(
        self,
        task_types: Vocabulary | Sequence[TaskType],
        examples: Iterable[Example],
        words: RequestWords | None = None,
    ) -> None:
        import numpy as np

        self._words = words or load_request_words()
        self._names = [one.name for one in task_types]
        places = {name: place for place, name in enumerate(self._names)}
        described = [(f"{one.name}: {one.description}", one.name) for one in task_types]
        taught = [*described, *(one for one in examples if one[1] in places or one[1] == NOTHING)]
        features = [self._features(text) for text, _ in taught]
        counts = Counter(feature for found in features for feature in found)
        self._columns = {feature: place for place, feature in enumerate(counts)}
        self._rarity = np.array([math.log(1 + len(taught) / count) for count in counts.values()])
        rows = np.array([self._row(found) for found in features])
        targets = np.full((len(taught), len(self._names)), _OTHERS)
        for row, (_, name) in enumerate(taught):
            if name != NOTHING:
                targets[row, places[name]] = 1.0
        # The dual form: there are fewer examples than words.
        weights = np.linalg.solve(rows @ rows.T + _RIDGE * np.eye(len(taught)), targets)
        self._weights: np.ndarray[Any, np.dtype[np.float64]] = rows.T @ weights

    def scores(self, demand: str) -> Mapping[str, float]:
        """For each task type about 0..1."""
        found = self._row(self._features(demand)) @ self._weights
        return dict(zip(self._names, map(float, found), strict=True))

    def _row(self, features: Mapping[str, float]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Its features' weights, as a vector of length 1; unknown features count nothing."""
        import numpy as np

        row = np.zeros(len(self._columns))
        for feature, weight in features.items():
            if (column := self._columns.get(feature)) is not None:
                row[column] = weight * self._rarity[column]
        length = float(np.linalg.norm(row))
        return row / length if length else row

    def _features(self, text: str) -> dict[str, float]:
        """Word stems and pairs of them; pairs of characters where a language writes no blanks.

        What is quoted and names of files say nothing about the task.
        """
        plain = FILE_NAME.sub(" ", QUOTED.sub(" ", text)).lower().replace("-", " ").replace("_", " ")
        stems = [
            _stem(word) for word in _WORD.findall(_UNSPACED.sub(" ", plain)) if word not in self._words.empty
        ]
        features: dict[str, float] = {}
        for place, stem in enumerate(stems):
            weight = 1.0 if place < _EARLY_WORDS else _LATER_WEIGHT
            features[stem] = max(weight, features.get(stem, 0.0))
        for first, second in itertools.pairwise(stems):
            features[f"{first} {second}"] = _PAIR_WEIGHT
        for run in _UNSPACED.findall(plain):
            for first, second in itertools.pairwise(run):
                features[first + second] = 1.0
        return features


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM_CHARS:
            return word[: -len(ending)]
    return word


def load_phrases(path: Path = PHRASES_FILE) -> tuple[Example, ...]:
    """The example phrases of a file: a list for each task type, and one, `nothing`, of what asks for none.

    Raises:
        CatalogUnavailable: it cannot be read or is not written as it should be.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return tuple(
            (str(phrase), NOTHING if name == "nothing" else str(name))
            for name, phrases in content.items()
            for phrase in phrases
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise CatalogUnavailable(
            f"The example phrases {path} cannot be read.", "Reinstall the program.", repr(error)
        ) from error
