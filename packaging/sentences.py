"""What the engine can say to people: every sentence in its source as a text with numbered holes.

The engine speaks English and knows nothing of translations. Its sentences are written where they are said,
most of them as f-strings; read here by `ast`, `f"The model {card.id} is not installed."` becomes
`The model %1 is not installed.` What a hole can hold is followed to where it is written: through local
names, arguments, constants and small functions. Few alternatives become sentences of their own
(`The picture %1 is empty.`, `The table %1 is empty.`), of many each becomes an entry that fills a hole.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TypeVar

import yaml

ROOT = Path(__file__).resolve().parents[1]
_PACKAGE = ROOT / "hgpt_desktop"
_SILENT = {"ui", "cli", "bench", "app.py", "__main__.py"}
"""The window translates its own words with `tr()`; the rest speaks on the terminal only."""

_SPOKEN: dict[str, tuple[int | str, ...]] = {
    "on_progress": (1,),
    "progress": (1,),
    "TaskProgressed": (2, "message"),
    "TaskSkipped": (1, "because"),
    "TaskSelected": (2, "reason"),
    "Selection": (2, "reason"),
    "TaskResult": ("message", "hint"),
    "RequestFinished": ("message", "hint"),
    "ModelCard": ("description",),
}
"""Which arguments of a call are shown to people, besides those of the errors."""

_SHOWN_VALUES = {"Rung", "Kind"}
"""Enums whose values stand in sentences."""

_NOTES = {"left_out", "language_note", "_unread", "_uncut_note", "_gap_note", "noted"}
"""Functions that give or put together what is said beside a result; the single words in it are read too."""

_PASSED_ON = {"message", "hint", "reason", "text"}
"""Attributes and keys that hold what was said elsewhere, or by somebody else."""

HOLE = "\0"
_FEW = 3  # so many alternatives at most are written out as sentences of their own

_T = TypeVar("_T")
Texts = frozenset[str]
_VALUE: Texts = frozenset((HOLE,))


@dataclass(frozen=True, slots=True)
class Module:
    """A source file, and what stands around each node of it."""

    path: Path
    tree: ast.Module
    parents: dict[ast.AST, ast.AST]

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What the node stands in, the innermost first."""
        while (outer := self.parents.get(node)) is not None:
            yield outer
            node = outer


Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Reader:
    """Reads the sentences out of modules.

    Args:
        words: what only stands inside of sentences.
        unread: places whose sentence could not be read.
    """

    modules: list[Module]
    sentences: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)
    _functions: dict[str, list[tuple[Module, Function]]] = field(default_factory=lambda: defaultdict(list))
    _calls: dict[str, list[tuple[Module, ast.Call]]] = field(default_factory=lambda: defaultdict(list))
    _constants: dict[str, list[tuple[Module, ast.expr]]] = field(default_factory=lambda: defaultdict(list))
    _classes: list[ast.ClassDef] = field(default_factory=list)
    _following: set[tuple[ast.AST, str]] = field(default_factory=set)
    _single_words: bool = False

    def read(self) -> None:
        """Fill `sentences`, `words` and `unread`."""
        for module in self.modules:
            self._enter(module)
        spoken = dict(_SPOKEN)
        for name in self._errors():
            spoken[name] = (0, 1, "message", "hint")
        for name, places in spoken.items():
            for module, call in self._calls[name]:
                for place in places:
                    if (argument := _argument(call, place)) is not None:
                        self._say(module, argument)
        self._read_notes()
        for one in self._classes:
            if one.name in _SHOWN_VALUES:
                self.words.update(_values_of(one))

    def _read_notes(self) -> None:
        """Notes are handed on through lists and tuples: they are read where they are written."""
        inside = ast.JoinedStr | ast.FormattedValue | ast.Expr | ast.BinOp
        self._single_words = True
        for name in sorted(_NOTES):
            for module, function in self._functions[name]:
                for one in ast.walk(function):
                    if isinstance(module.parents.get(one), inside):
                        continue
                    if isinstance(one, ast.JoinedStr | ast.Constant | ast.BinOp):
                        texts = self.texts(module, one)
                        self.sentences.update(text for text in texts if text.endswith("."))
        self._single_words = False

    def _enter(self, module: Module) -> None:
        for node in ast.walk(module.tree):
            if isinstance(node, Function):
                self._functions[node.name].append((module, node))
            elif isinstance(node, ast.Call):
                self._calls[_name(node.func)].append((module, node))
            elif isinstance(node, ast.ClassDef):
                self._classes.append(node)
        for statement in module.tree.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                self._constants[statement.targets[0].id].append((module, statement.value))
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                self._constants[_name(statement.target)].append((module, statement.value))

    def _errors(self) -> set[str]:
        """Names of the errors that speak to people."""
        names = {"HgptError"}
        while (
            more := {one.name for one in self._classes if any(_name(base) in names for base in one.bases)}
            - names
        ):
            names |= more  # a class may stand before its base
        return names

    def _say(self, module: Module, node: ast.expr) -> None:
        texts = self.texts(module, node)
        if texts == _VALUE and not _is_passed_on(node):
            self.unread.append(f"{module.path}:{node.lineno}: {ast.unparse(node)[:80]}")
        self.sentences.update(texts)

    # ------------------------------------------------------------ what an expression can say

    def texts(self, module: Module, node: ast.expr) -> Texts:
        """Every text that the expression can be, with `HOLE` for what is only known when it is said."""
        match node:
            case ast.Constant(value=str(text)):
                return frozenset((text,))
            case ast.JoinedStr(values=parts):
                return _joined(self._piece(module, part) for part in parts)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined((self.texts(module, left), self.texts(module, right)))
            case ast.IfExp(body=body, orelse=orelse):
                return self.texts(module, body) | self.texts(module, orelse)
            case ast.BoolOp(values=values):
                return self._any(module, values)
            case ast.Name(id=name):
                return self._named(module, node, name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return self._own(module, node, name)
            case ast.Attribute(attr=name) if name in _PASSED_ON:
                return frozenset((HOLE,)).union(*(self._returned(*one) for one in self._properties(name)))
            case ast.Subscript(value=table):
                return self._any(module, self._values(module, table)) or _VALUE
            case ast.Call():
                return self._call(module, node)
            case _:
                return _VALUE

    def _any(self, module: Module, nodes: Iterable[ast.expr]) -> Texts:
        return frozenset().union(*(self.texts(module, one) for one in nodes))

    def _piece(self, module: Module, part: ast.expr) -> Texts:
        """A part of an f-string; where it can be many things, a hole, and these are words."""
        if not isinstance(part, ast.FormattedValue):
            return self.texts(module, part)
        texts = self.texts(module, part.value)
        if HOLE in texts:
            texts -= {""}
        if len(texts) <= _FEW and not part.format_spec and part.conversion == -1:
            return texts
        # Single words are names, mostly.
        self.words.update(
            text for text in texts if " " in text.strip() or (self._single_words and text.isalpha())
        )
        return _VALUE

    def _call(self, module: Module, node: ast.Call) -> Texts:
        match node.func:
            case ast.Attribute(value=ast.Constant(value=str()), attr="join"):
                for one in node.args:
                    if isinstance(one, ast.GeneratorExp | ast.ListComp):
                        self.words.update(self.texts(module, one.elt))
                return _VALUE
            case ast.Attribute(value=text, attr="strip"):
                return self.texts(module, text)
            case ast.Attribute(value=table, attr="get") if values := self._values(module, table):
                return self._any(module, (*values, *node.args[1:]))
        known = self._defined(module, node)
        texts = _VALUE if known is None else self._returned(*known)
        if isinstance(node.func, ast.Attribute) and _name(node.func.value) != "self":
            # Only types would say whose method that is; what gives sentences is likely to be meant.
            return frozenset(text for text in texts if " " in text) or _VALUE
        return texts

    def _returned(self, module: Module, function: Function) -> Texts:
        if (function, "") in self._following:
            return _VALUE
        self._following.add((function, ""))
        try:
            return self._any(module, _given_back(module, function)) or _VALUE
        finally:
            self._following.discard((function, ""))

    def _defined(self, module: Module, call: ast.Call) -> tuple[Module, Function] | None:
        """The function that is called; None where several have its name, or none."""
        name = _name(call.func)
        known = self._near(module, self._functions.get(name, []), name)
        return known[0] if len(known) == 1 else None

    @staticmethod
    def _near(module: Module, found: list[tuple[Module, _T]], name: str) -> list[tuple[Module, _T]]:
        """Those of the module where the name is a private one."""
        return [one for one in found if one[0] is module or not name.startswith("_") or name == "__init__"]

    def _properties(self, name: str) -> list[tuple[Module, Function]]:
        return [
            (module, one)
            for module, one in self._functions.get(name, [])
            if any(_name(mark) == "property" for mark in one.decorator_list)
        ]

    # ------------------------------------------------------------ names

    def _named(self, module: Module, node: ast.AST, name: str) -> Texts:
        for outer in module.around(node):
            if not isinstance(outer, Function) or (outer, name) in self._following:
                continue
            self._following.add((outer, name))
            try:
                if (texts := self._assigned(module, outer, name)) is not None:
                    return texts
                if (place := _parameter(outer, name)) is not None:
                    return self._given(module, outer, name, place)
            finally:
                self._following.discard((outer, name))
        return _VALUE if (known := self._constant(module, name)) is None else self.texts(module, known)

    def _constant(self, module: Module, name: str) -> ast.expr | None:
        """What a name of the module stands for, or of another one where only one has it."""
        known = self._constants.get(name, [])
        own = [value for there, value in known if there is module]
        return own[0] if own else known[0][1] if len(known) == 1 else None

    def _values(self, module: Module, table: ast.expr) -> list[ast.expr]:
        """The values of a dict that is written here, or is a constant."""
        known = self._constant(module, table.id) if isinstance(table, ast.Name) else table
        return known.values if isinstance(known, ast.Dict) else []

    def _assigned(self, module: Module, function: Function, name: str) -> Texts | None:
        """What a local name can be; None where nothing is assigned to it."""
        found: set[str] = set()
        added: list[Texts] = []
        for one in ast.walk(function):
            match one:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    found |= self.texts(module, value)
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                    found |= self.texts(module, value)
                case ast.NamedExpr(target=ast.Name(id=target), value=value) if target == name:
                    found |= self.texts(module, value)
                case ast.AugAssign(target=ast.Name(id=target), op=ast.Add(), value=value) if target == name:
                    added.append(self.texts(module, value))
                case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                    for place, target in enumerate(targets):
                        if _name(target) == name:
                            found |= self._unpacked(module, value, place)
                case ast.For(target=target, iter=values) | ast.comprehension(target=target, iter=values):
                    if name in {_name(part) for part in ast.walk(target)}:
                        listed = values.elts if isinstance(values, ast.Tuple | ast.List) else []
                        plain = listed if isinstance(target, ast.Name) else []
                        found |= self._any(module, plain) or _VALUE
        for more in added:
            found |= _joined((frozenset(found), more))
        return frozenset(found) if found else None

    def _unpacked(self, module: Module, value: ast.expr, place: int) -> Texts:
        match value:
            case ast.Tuple(elts=parts) if place < len(parts):
                return self.texts(module, parts[place])
            case ast.IfExp(body=body, orelse=orelse):
                return self._unpacked(module, body, place) | self._unpacked(module, orelse, place)
            case ast.Call() if known := self._defined(module, value):
                there, function = known
                given = (self._unpacked(there, one, place) for one in _given_back(there, function))
                return frozenset().union(*given)
            case _:
                return _VALUE

    def _given(self, module: Module, function: Function, name: str, place: int) -> Texts:
        """What the callers give for a parameter."""
        owner = next(module.around(function), None)
        called = function.name
        if called == "__init__" and isinstance(owner, ast.ClassDef):
            called = owner.name
        found: set[str] = set()
        for caller, call in self._near(module, self._calls.get(called, []), called):
            if isinstance(owner, ast.ClassDef) and called != owner.name and isinstance(call.func, ast.Name):
                continue  # a function that is called as the method is
            argument = _argument(call, place) or _argument(call, name)
            if argument is not None:
                found |= self.texts(caller, argument)
        if (default := _default(function, name)) is not None:
            found |= self.texts(module, default)
        return frozenset(found) or _VALUE

    def _own(self, module: Module, node: ast.AST, name: str) -> Texts:
        """What an attribute of `self` was set to, or gives where it is a property."""
        for outer in module.around(node):
            if isinstance(outer, ast.ClassDef):
                break
        else:
            return _VALUE
        for one in ast.walk(outer):
            if isinstance(one, Function) and one.name == name:
                return self._returned(module, one)
            match one:
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=target)], value=value):
                    if target == name:
                        return self.texts(module, value)
        return _VALUE


def _joined(parts: Iterable[Texts]) -> Texts:
    joined = ("".join(one) for one in product(*parts))
    return frozenset(text if text.strip(HOLE) else HOLE for text in joined)


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _argument(call: ast.Call, place: int | str) -> ast.expr | None:
    if isinstance(place, str):
        return next((one.value for one in call.keywords if one.arg == place), None)
    return call.args[place] if place < len(call.args) else None


def _parameter(function: Function, name: str) -> int | None:
    """Where a parameter stands, `self` not counted."""
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    if names[:1] in (["self"], ["cls"]):
        del names[0]
    only = {one.arg for one in function.args.kwonlyargs}
    return names.index(name) if name in names else 1000 if name in only else None


def _default(function: Function, name: str) -> ast.expr | None:
    plain = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    named = [one.arg for one in function.args.kwonlyargs]
    known: dict[str, ast.expr | None] = dict(zip(named, function.args.kw_defaults, strict=True))
    known |= dict(zip(reversed(plain), reversed(function.args.defaults), strict=False))
    return known.get(name)


def _given_back(module: Module, function: Function) -> Iterator[ast.expr]:
    for one in ast.walk(function):
        if isinstance(one, ast.Return) and one.value is not None and _innermost(module, one) is function:
            yield one.value


def _innermost(module: Module, node: ast.AST) -> ast.AST | None:
    return next((one for one in module.around(node) if isinstance(one, Function | ast.Lambda)), None)


def _is_passed_on(node: ast.expr) -> bool:
    for one in ast.walk(node):
        match one:
            case ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=name)):
                if name in _PASSED_ON:
                    return True
    return False


def _values_of(enum: ast.ClassDef) -> Iterator[str]:
    for one in enum.body:
        match one:
            case ast.Assign(value=ast.Constant(value=str(text))):
                yield text


def _numbered(text: str) -> str:
    """`%1`, `%2` … in place of the holes."""
    first, *rest = text.split(HOLE)
    return first + "".join(f"%{number}{part}" for number, part in enumerate(rest, 1))


def _vocabulary_words() -> Iterator[str]:
    """Task types, what goes into them, and the values that people may choose."""
    vocabulary = yaml.safe_load((ROOT / "resources" / "vocabulary.yaml").read_text("utf-8"))
    for one in vocabulary["task_types"]:
        yield one["name"]
        for name, spec in (*one["inputs"].items(), *one.get("options", {}).items()):
            yield name
            yield name.replace("_", " ")
            yield from map(str, spec.get("choices", ()))


def _catalogue_words() -> Iterator[str]:
    """What the shipped catalogue says of its models in words of a language, and not in names."""
    for one in yaml.safe_load((ROOT / "models.yaml").read_text("utf-8"))["models"]:
        yield one["description"]
        for name in (one["licence"], one.get("source", "")):
            if " (" in name or name.startswith("comes with"):
                yield name


def _modules() -> list[Module]:
    found = []
    for path in sorted(_PACKAGE.rglob("*.py")):
        if path.relative_to(_PACKAGE).parts[0] in _SILENT:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        found.append(Module(path.relative_to(ROOT), tree, parents))
    return found


def engine_sentences() -> tuple[list[str], list[str]]:
    """All that the engine can say, sorted, and the places that could not be read."""
    reader = Reader(_modules())
    reader.read()
    texts = {_numbered(text) for text in (*reader.sentences, *reader.words)}
    texts |= {*_vocabulary_words(), *_catalogue_words()}
    return sorted(one for one in texts if any(map(str.isalpha, one))), reader.unread
