"""The outline of a request: which of its parts ask for which task, before the LLM is asked anything.

A request is cut finely (`demands.split_parts`), and the best path through its parts is searched: a few parts
together ask for one task, or a part asks for nothing. A path is good where the words speak for its tasks
(`evidence`) and where each task can go on with what is there by then: the files, or the result of the task
before it. Where the kinds do not fit, a task may be put between that makes them fit. So the typed graph of
the vocabulary is the prior, and what is left open is for the LLM to decide.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce

from hgpt_desktop.controller.demands import Demand, Pieces, is_bare_question, names_a_file, split_parts
from hgpt_desktop.controller.evidence import TaskEvidence
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import TaskType, Vocabulary

EVIDENCE_WEIGHT = 10.0  # in log-odds for each point of evidence
_WORTH, _WORTH_UNASKED = (
    0.2,
    0.4,
)  # so much evidence is worth a task; the second where no word of action begins
_FLOOR = 0.05  # types with less evidence are no candidates for a part
_MOST_TOGETHER = 4  # parts that may ask for one task
_TOGETHER = 0.5  # log-odds against one task for two words of action
_MISFIT = 3.0  # log-odds against beginning with something else than the files
_UNREAD = 2.0  # more against working on a text where there are only files that must be read first
_ADDED = 3.0  # log-odds against a task that nobody asked for
_READING = 1.0  # the same where files have to be read first
_ADDED_EVIDENCE = 5.0  # what a point of evidence of the whole request says for it
_LACKING = 1.5  # log-odds against asking for work on a file that is not there
_SURE = 0.5  # so much evidence asks for work on a file even where there is none, and none is spoken of
_LEAST = 2.0  # log-odds below which a path says nothing
_BEAM = 8
_NEVER = -1e9

Kinds = int
"""A set of kinds, a bit for each."""


@dataclass(frozen=True, slots=True)
class Step:
    """One task of an outline.

    Args:
        demand: the part of the request that asks for it.
        weights: log-odds for each task type that may be meant, the likeliest first.
        evidence: what the words alone say for the likeliest, about 0..1.
        added: whether nobody asked for it; it makes what is there fit what comes next.
        doubtful: whether its words ask for something, but do not tell for what; perhaps for nothing.
    """

    demand: Demand
    weights: Mapping[str, float]
    evidence: float
    added: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Placed:
    """A task in a path, and the parts that ask for it; an added one stands before its first part."""

    first: int
    after: int
    type: int
    added: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Path:
    score: float
    placed: tuple[_Placed, ...]
    kinds: Kinds  # of what is there
    repeated: frozenset[int] = frozenset()  # parts that say again what the path has


class Outliner:
    """Makes the outline of a request.

    Args:
        evidence: what words say about task types.
        chain_prior: log-odds that a task goes on with the last result.
        repeat_penalty: log-odds against a second task of a type; 0 where plans hold a type more than once.
        runnable: the types that can run here; only these are added.
        files: kinds of the request's own files.
        earlier: kinds of what the conversation has brought.
        has_text: whether there is a text to work on, quoted or given.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        evidence: TaskEvidence,
        chain_prior: float,
        repeat_penalty: float,
        runnable: Collection[str],
        files: Collection[Kind],
        earlier: Collection[Kind],
        has_text: bool,
    ) -> None:
        self._evidence = evidence
        self._break = max(0.0, chain_prior)
        self._repeat_penalty = repeat_penalty
        self._types = tuple(one for one in vocabulary if one.needs_tool)
        self._talk = [one.name for one in vocabulary if not one.needs_tool]
        self._names = [one.name for one in self._types]
        # What is put between takes nothing but what is there.
        self._may_be_added = [
            one.name in runnable and sum(spec.required for spec in one.inputs) == 1 for one in self._types
        ]
        self._files, self._given = _bits(files), _bits((*files, *earlier, Kind.TEXT))
        self._needs = [[_bits(spec.kinds) for spec in one.inputs if spec.required] for one in self._types]
        self._takes = [reduce(int.__or__, needs, 0) for needs in self._needs]
        self._gives = [_bits(one.outputs) for one in self._types]
        self._wants_text = [_works_on_text(one) for one in self._types]
        self._has_text = has_text or Kind.TEXT in files or Kind.TEXT in earlier

    def outline(self, request_text: str) -> tuple[Step, ...]:
        """The tasks that the request asks for, in order; none where its words say too little."""
        pieces = split_parts(request_text)
        count = len(pieces.parts)
        silent = self._is_silent(request_text)
        scores = {
            (first, after): self._scored(pieces.words(first, after), silent)
            for first in range(count)
            for after in range(first + 1, min(count, first + _MOST_TOGETHER) + 1)
        }
        whole = self._scored(pieces.words(0, count), silent)
        path = self._best_path(pieces, scores, whole)
        steps = self._steps(path, pieces, scores, whole) if path.score > -_LEAST else ()
        return self._or_talk(steps, pieces)

    def weights(self, demand: Demand) -> dict[str, float]:
        """Log-odds for each type by the words of a demand alone."""
        found = self._evidence.scores(demand.shown)
        silent = self._is_silent(demand.shown)
        weights = {name: EVIDENCE_WEIGHT * found[name] for name in self._talk}
        for name, wants_text in zip(self._names, self._wants_text, strict=True):
            weights[name] = EVIDENCE_WEIGHT * (
                min(0.0, found[name]) if silent and wants_text else found[name]
            )
        return weights

    def _is_silent(self, text: str) -> bool:
        """A question about the world: there is no text in which the answer could be looked up."""
        return not self._has_text and not self._files and is_bare_question(text)

    def _scored(self, words: str, silent: bool) -> list[float]:
        found = self._evidence.scores(words)
        return [
            min(0.0, found[name]) if silent and wants_text else found[name]
            for name, wants_text in zip(self._names, self._wants_text, strict=True)
        ]

    def _or_talk(self, steps: tuple[Step, ...], pieces: Pieces) -> tuple[Step, ...]:
        """The outline, or the LLM's own answer where the words speak for that instead of one task."""
        count = len(pieces.parts)
        if not self._talk or sum(not step.added for step in steps) > 1:
            return steps
        found = self._evidence.scores(pieces.words(0, count))
        talk = max(self._talk, key=lambda name: found[name])
        about_no_file = self._is_about_no_file(steps)
        if found[talk] >= (steps[-1].evidence if steps else _WORTH) or about_no_file:
            demand = pieces.demand(0, count, 0, count)
            weights = self.weights(demand)
            if about_no_file:
                weights = {name: weight for name, weight in weights.items() if not self._lacking(name)}
            weights = dict(sorted(weights.items(), key=lambda pair: -pair[1]))
            return (Step(demand, weights, found[talk]),)
        if len(steps) == 1:
            [step] = steps
            weights = {**step.weights, talk: EVIDENCE_WEIGHT * found[talk]}
            ranked = dict(sorted(weights.items(), key=lambda pair: -pair[1]))
            return (Step(step.demand, ranked, step.evidence),)
        return steps

    def _is_about_no_file(self, steps: tuple[Step, ...]) -> bool:
        """Whether the one task would work on a file that is not there and that nobody speaks of."""
        if len(steps) != 1 or steps[0].evidence >= _SURE:
            return False
        lacking = self._lacking(next(iter(steps[0].weights)))
        return bool(lacking) and not names_a_file(steps[0].demand, lacking)

    def _lacking(self, name: str) -> list[Kind]:
        """The kinds of file that the type needs, where none of them is there."""
        if name not in self._names:
            return []
        needs = [need for need in self._needs[self._names.index(name)] if not need & self._given]
        return [kind for kind in Kind if any(need & _bits([kind]) for need in needs)]

    # ------------------------------------------------------------ the search

    def _best_path(
        self, pieces: Pieces, scores: Mapping[tuple[int, int], list[float]], whole: list[float]
    ) -> _Path:
        parts = pieces.parts
        reached: list[dict[int, _Path]] = [{} for _ in range(len(parts) + 1)]
        reached[0][-1] = _Path(0.0, (), self._given)
        for first in range(len(parts)):
            best = sorted(reached[first].items(), key=lambda one: -one[1].score)[:_BEAM]
            for last, path in best:
                _keep(reached[first + 1], last, path)
                for after in range(first + 1, min(len(parts), first + _MOST_TOGETHER) + 1):
                    asking = sum(part.asks for part in parts[first:after])
                    worth = _WORTH if asking else _WORTH_UNASKED
                    for number, found in enumerate(scores[first, after]):
                        if found < _FLOOR:
                            continue
                        gain = EVIDENCE_WEIGHT * (found - worth) - _TOGETHER * max(0, asking - 1)
                        task = _Placed(first, after, number)
                        for following in self._with(path, last, task, gain, whole):
                            _keep(reached[after], number, following)
        ended = [path for last, path in reached[-1].items() if last >= 0]
        return max(ended, key=lambda path: path.score, default=_Path(_NEVER, (), 0))

    def _with(self, path: _Path, last: int, task: _Placed, gain: float, whole: list[float]) -> list[_Path]:
        """The path with one more task, and where that does not fit, with another one put before it."""
        if self._repeat_penalty and any(one.type == task.type for one in path.placed):
            # It says again what the path has already.
            repeated = path.repeated | set(range(task.first, task.after))
            return [_Path(path.score + gain - self._repeat_penalty, path.placed, path.kinds, repeated)]
        fit = self._fit(last, task.type, path.kinds)
        kinds = path.kinds | self._gives[task.type]
        found = [_Path(path.score + gain + fit, (*path.placed, task), kinds, path.repeated)]
        if fit < 0:
            for number in range(len(self._types)):
                used = number == task.type or any(one.type == number for one in path.placed)
                if used or not self._may_be_added[number]:
                    continue
                there = path.kinds | self._gives[number]
                if self._fit(last, number, path.kinds) < 0 or self._fit(number, task.type, there) < 0:
                    continue
                reads = last < 0 and self._is_unread(task.type)
                cost = (_READING if reads else _ADDED) - _ADDED_EVIDENCE * whole[number]
                added = _Placed(task.first, task.first, number, added=True)
                placed = (*path.placed, added, task)
                found.append(_Path(path.score + gain - cost, placed, kinds | there, path.repeated))
        return found

    def _is_unread(self, number: int) -> bool:
        """Whether the type works on a text, and there are only files that it would have to be read from."""
        return bool(self._files) and not self._has_text and self._wants_text[number]

    def _fit(self, last: int, number: int, kinds: Kinds) -> float:
        """Log-odds for going on with that type after the last one (-1: at the beginning)."""
        fit = 0.0
        if not all(need & kinds for need in self._needs[number]):
            fit -= _LACKING
        if last < 0:
            if self._files and not self._files & self._takes[number]:
                fit -= _MISFIT + (_UNREAD if self._is_unread(number) else 0.0)
        elif not self._gives[last] & self._takes[number]:
            fit -= self._break
        return fit

    # ------------------------------------------------------------ its result

    def _steps(
        self,
        path: _Path,
        pieces: Pieces,
        scores: Mapping[tuple[int, int], list[float]],
        whole: list[float],
    ) -> tuple[Step, ...]:
        placed = self._with_doubtful(path, pieces)
        asked = [one for one in placed if not one.added]
        steps = []
        kinds, last, shown_from = self._given, -1, 0
        for place, one in enumerate(placed):
            following = next((after.type for after in placed[place + 1 :] if not after.doubtful), -1)
            if one.doubtful:
                found = self._scored(pieces.words(one.first, one.after), silent=False)
                following = -1
            else:
                found = whole if one.added else scores[one.first, one.after]
            weights = {
                self._names[number]: weight
                for number in range(len(self._types))
                if (weight := self._weight(one, number, found, last, following, kinds)) > _NEVER
                and not (number == last and placed[place - 1].added)
            }
            ranked = dict(sorted(weights.items(), key=lambda pair: -pair[1]))
            shown_to = len(pieces.parts) if one is asked[-1] else one.after
            if one.added:
                demand = pieces.demand(one.first, one.first + 1, one.first, one.first + 1)
            else:
                demand = pieces.demand(one.first, one.after, shown_from, shown_to)
                shown_from = one.after
            if one.doubtful:
                steps.append(Step(demand, ranked, max(found), doubtful=True))
                continue
            steps.append(Step(demand, ranked, found[one.type], one.added))
            kinds |= self._gives[one.type]
            last = one.type
        return tuple(steps)

    def _with_doubtful(self, path: _Path, pieces: Pieces) -> list[_Placed]:
        """The path's tasks, and among them the runs of parts that ask for something no task was found for.

        What only asks once more for a task that is there does not count.
        """
        taken = {one.type for one in path.placed}
        covered = {part for one in path.placed for part in range(one.first, one.after)}
        covered |= path.repeated
        found: list[_Placed] = list(path.placed)
        first = 0
        for part in range(len(pieces.parts) + 1):
            if part == len(pieces.parts) or part in covered:
                if any(one.asks for one in pieces.parts[first:part]):
                    said = self._scored(pieces.words(first, part), silent=False)
                    if max(range(len(said)), key=said.__getitem__) not in taken:
                        found.append(_Placed(first, part, -1, doubtful=True))
                first = part + 1
        return sorted(found, key=lambda one: (one.first, not one.added))

    def _weight(
        self, placed: _Placed, number: int, found: list[float], last: int, following: int, kinds: Kinds
    ) -> float:
        """Log-odds for another type in the place of this one, all others staying as they are."""
        if placed.added and (not self._may_be_added[number] or self._fit(last, number, kinds) < 0):
            return _NEVER
        weight = (_ADDED_EVIDENCE if placed.added else EVIDENCE_WEIGHT) * found[number]
        weight += self._fit(last, number, kinds)
        if following >= 0:
            weight += self._fit(number, following, kinds | self._gives[number])
        return weight


def _keep(reached: dict[int, _Path], last: int, path: _Path) -> None:
    if last not in reached or reached[last].score < path.score:
        reached[last] = path


def _bits(kinds: Collection[Kind]) -> Kinds:
    order = tuple(Kind)
    return reduce(int.__or__, (1 << order.index(kind) for kind in kinds), 0)


def _works_on_text(task_type: TaskType) -> bool:
    """Whether it works on a text and nothing else."""
    works_on = [spec for spec in task_type.inputs if spec.required and not spec.literal_only]
    return bool(works_on) and all(Kind.TEXT in spec.kinds for spec in works_on)
