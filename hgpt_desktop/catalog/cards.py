"""Model cards as YAML: models.yaml with all of them, card.yaml with one.

Unknown fields, doubled keys and wrong types are errors that name the file, the line and the model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hgpt_desktop.catalog.sources import JOINED, parse_source, safe_path
from hgpt_desktop.core.errors import CatalogUnavailable
from hgpt_desktop.core.models import ModelCard, ModelFile

if TYPE_CHECKING:
    import yaml

SCHEMA = 1
CARD_FILE = "card.yaml"
RECORD_FILE = "install.json"
RESERVED_IDS = frozenset({"quarantine"})
CONVERT = "convert"
"""The option under which a card keeps its conversion: `{from: file, to: file, as: form}`."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HINT = "Mend the entry, or put back the file that came with the program."


def read_catalogue(content: bytes, name: str) -> tuple[ModelCard, ...]:
    """The cards of a models.yaml, in its order.

    Args:
        name: what messages call the file.

    Raises:
        CatalogUnavailable: it is not what it should be; the message says where.
    """
    document = _Entry(_load(content, name), name)
    schema = document.integer("schema")
    if schema > SCHEMA:
        raise CatalogUnavailable(
            f"{name} is written in form {schema}; this program reads up to form {SCHEMA}.",
            "Update the program.",
        )
    entries = document.take("models")
    document.end()
    if not isinstance(entries, list):
        raise document.fail("`models` is not a list")
    cards: dict[str, ModelCard] = {}
    for number, entry in enumerate(entries, 1):
        card = _card(entry, f"{name}, model {number}")
        if card.id in cards:
            raise _Entry(entry, name).fail(f"the model {card.id} is there twice")
        cards[card.id] = card
    return tuple(cards.values())


def read_card(content: bytes, name: str) -> ModelCard:
    """The card of a card.yaml. Raises `CatalogUnavailable` as `read_catalogue` does."""
    return _card(_load(content, name), name)


def write_card(card: ModelCard) -> bytes:
    """A card as card.yaml has it."""
    import yaml

    text: str = yaml.safe_dump(to_mapping(card), sort_keys=False, allow_unicode=True, width=110)
    return text.encode()


def to_mapping(card: ModelCard) -> dict[str, Any]:
    """The entry of a card; what depends on this machine (folder, installed) is not in it."""
    options = dict(card.options)
    conversion = options.pop(CONVERT, None)
    entry: dict[str, Any] = {
        "id": card.id,
        "name": card.name,
        "tasks": list(card.tasks),
        "description": card.description,
        "loader": card.loader,
        "licence": card.licence,
        "languages": list(card.languages),
        "tier": card.tier,
        "memory_bytes": card.memory_bytes,
        "quality": card.quality,
        "downloads": card.downloads,
        "sets": list(card.sets),
        "packages": list(card.packages),
        "source": card.source,
        "verified": card.verified,
        "options": options,
        "files": [
            {
                "path": file.path,
                "size_bytes": file.size_bytes,
                "sha256": file.sha256,
                "sources": [_source_entry(source) for source in file.sources],
            }
            for file in card.files
        ],
    }
    if conversion is not None:
        entry[CONVERT] = dict(conversion)
    return entry


def from_mapping(entry: Mapping[str, Any], name: str) -> ModelCard:
    """The card of such an entry. Raises `CatalogUnavailable`."""
    return _card(dict(entry), name)


def _source_entry(source: str) -> str | list[str]:
    parts = source.split(JOINED)
    return source if len(parts) == 1 else parts


# ---------------------------------------------------------------- reading


class _Lined(dict[Any, Any]):
    """A mapping that knows the line it begins in, counted from 1."""

    line = 0


class _Entry:
    """A YAML mapping, read field by field; `end` objects to what was not read."""

    def __init__(self, value: object, where: str) -> None:
        line = value.line if isinstance(value, _Lined) else 0
        self.where = f"{where} (line {line})" if line else where
        if not isinstance(value, dict):
            raise self.fail("it is not a mapping of fields")
        self._left: dict[Any, Any] = dict(value)

    def fail(self, problem: str) -> CatalogUnavailable:
        return CatalogUnavailable(f"{self.where}: {problem}.", _HINT)

    def take(self, name: str, default: Any = None) -> Any:
        value = self._left.pop(name, None)
        return default if value is None else value

    def text(self, name: str, default: str | None = None) -> str:
        value = self.take(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fail(f"{name} is not a text" if value is not None else f"{name} is missing")
        return value.strip()

    def texts(self, name: str, *, needed: bool = False) -> tuple[str, ...]:
        value = self.take(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.fail(f"{name} is not a list of texts")
        if needed and not value:
            raise self.fail(f"{name} is missing or empty")
        if len(set(value)) != len(value):
            raise self.fail(f"{name} names something twice")
        return tuple(value)

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.take(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.fail(f"{name} is not a whole number from 0")
        return value

    def end(self) -> None:
        if self._left:
            raise self.fail(f"unknown field {', '.join(sorted(map(str, self._left)))}")


def _card(value: object, where: str) -> ModelCard:
    entry = _Entry(value, where)
    model_id = entry.text("id")
    if not _ID.fullmatch(model_id) or model_id in RESERVED_IDS:
        raise entry.fail(f"{model_id!r} cannot be an id (lower case, digits, dots and dashes)")
    entry.where += f", {model_id}"
    files = entry.take("files", [])
    if not isinstance(files, list):
        raise entry.fail("files is not a list")
    options = entry.take("options", {})
    if not isinstance(options, dict) or not all(isinstance(key, str) for key in options):
        raise entry.fail("options is not a mapping")
    quality = entry.take("quality", 0.5)
    if not isinstance(quality, int | float) or isinstance(quality, bool) or not 0 <= quality <= 1:
        raise entry.fail("quality is not a number from 0 to 1")
    verified = entry.take("verified", False)
    if not isinstance(verified, bool):
        raise entry.fail("verified is neither true nor false")
    conversion = entry.take(CONVERT)
    hub = entry.text("hub", "")
    card = ModelCard(
        id=model_id,
        name=entry.text("name"),
        tasks=entry.texts("tasks", needed=True),
        description=entry.text("description"),
        loader=entry.text("loader"),
        files=tuple(_file(one, f"{entry.where}, file {n}", hub) for n, one in enumerate(files, 1)),
        licence=entry.text("licence"),
        languages=entry.texts("languages"),
        tier=entry.text("tier", "cpu"),
        memory_bytes=entry.integer("memory_bytes", 0),
        quality=float(quality),
        downloads=entry.integer("downloads", 0),
        sets=entry.texts("sets"),
        packages=entry.texts("packages"),
        options=_plain(options) | ({CONVERT: _plain(conversion)} if conversion is not None else {}),
        source=entry.text("source", ""),
        verified=verified,
    )
    entry.end()
    _check(card, entry)
    return card


def _check(card: ModelCard, entry: _Entry) -> None:
    """What no single field can tell."""
    paths = [file.path.casefold() for file in card.files]
    conversion = card.options.get(CONVERT)
    if conversion is not None:
        if not isinstance(conversion, dict) or set(conversion) != {"from", "to", "as"}:
            raise entry.fail("convert needs exactly from, to and as")
        if conversion["from"] not in [file.path for file in card.files]:
            raise entry.fail(f"convert begins with {conversion['from']}, which is not among the files")
        _path(entry, conversion["to"])
        paths.append(conversion["to"].casefold())
    if len(set(paths)) != len(paths):
        raise entry.fail("two files have the same path")
    if any(path in (CARD_FILE, RECORD_FILE) or path.endswith(".part") for path in paths):
        raise entry.fail(f"a file cannot be called {CARD_FILE}, {RECORD_FILE} or *.part")
    if not card.files and not card.packages:
        raise entry.fail("it has neither files nor packages")
    if card.verified and not card.hashes_known:
        raise entry.fail("it says verified, but not every file has its sha256")


def _file(value: object, where: str, hub: str) -> ModelFile:
    entry = _Entry(value, where)
    path = _path(entry, entry.take("path"))
    there = _path(entry, entry.take("from", path))
    size = entry.take("size_bytes")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
        raise entry.fail("size_bytes is not a whole number from 0")
    sha256 = entry.take("sha256")
    if sha256 is not None and (not isinstance(sha256, str) or not _SHA256.fullmatch(sha256)):
        raise entry.fail("sha256 is not 64 hexadecimal digits in lower case")
    listed = entry.take("sources", [])
    if not isinstance(listed, list):
        raise entry.fail("sources is not a list")
    entry.end()
    if hub and not listed:
        listed = [f"hub:{hub}/{there}"]
    elif there != path:
        raise entry.fail("from needs the model's hub, and no sources of its own")
    sources = tuple(_source(entry, one) for one in listed)
    if sha256 is None and any(source.startswith("https:") for source in sources):
        raise entry.fail("a file from an https: address needs its sha256")
    return ModelFile(path, size, sha256, sources)


def _source(entry: _Entry, value: object) -> str:
    listed = value if isinstance(value, list) else [value]
    parts = [part for part in listed if isinstance(part, str)]
    if not parts or len(parts) != len(listed):
        raise entry.fail(f"{value!r} is not a source")
    source = JOINED.join(parts)
    try:
        parse_source(source)
    except ValueError as error:
        raise entry.fail(str(error)) from error
    return source


def _path(entry: _Entry, value: object) -> str:
    try:
        return safe_path(value if isinstance(value, str) else "")
    except ValueError as error:
        raise entry.fail(str(error)) from error


def _plain(value: Any) -> Any:
    """The same content in plain dicts and lists."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _load(content: bytes, name: str) -> object:
    import yaml

    try:
        return yaml.load(content, Loader=_lined_loader())  # noqa: S506 - a safe loader that knows its lines
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "it is not YAML"
        raise CatalogUnavailable(f"{name}{place}: {problem}.", _HINT, str(error)) from error


def _lined_loader() -> type[yaml.SafeLoader | yaml.CSafeLoader]:
    """A safe loader whose mappings know their lines and take no key twice."""
    import yaml

    base: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class LinedLoader(base):  # type: ignore[misc, valid-type]
        pass

    def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> _Lined:
        result = _Lined()
        result.line = node.start_mark.line + 1
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is not a text", key_node.start_mark
                )
            if key in result:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the field {key} is there twice", key_node.start_mark
                )
            result[key] = loader.construct_object(value_node, deep=True)
        return result

    LinedLoader.add_constructor("tag:yaml.org,2002:map", mapping)
    return LinedLoader
