"""The SQLite index of all cards, made anew whenever one of the YAML files has changed.

Made with sqlite-utils and put in place as a whole; read with short connections of the standard library,
so that starting the program costs no import of sqlite-utils.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from hgpt_desktop.catalog.cards import from_mapping, to_mapping
from hgpt_desktop.core.errors import CatalogUnavailable, DatabaseTooNew
from hgpt_desktop.core.models import ModelCard

SCHEMA_VERSION = 1

_SEARCHED = ("name", "tasks", "description", "about")


class CardIndex:
    """The index at `path`.

    Threads: any thread may call; every call has a connection of its own.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def fingerprint(self) -> str | None:
        """What the index was made from; None where there is no usable index.

        Raises:
            DatabaseTooNew: a newer version of the program made it.
        """
        if not self._path.exists():
            return None
        try:
            with self._reading() as db:
                version = int(db.execute("PRAGMA user_version").fetchone()[0])
                if version > SCHEMA_VERSION:
                    raise DatabaseTooNew(
                        f"The catalogue's index {self._path} was made by a newer version of the program.",
                        "Update the program, or delete that file: it is made anew.",
                        f"schema {version}, known up to {SCHEMA_VERSION}",
                    )
                row = db.execute("SELECT fingerprint FROM made_from").fetchone()
        except sqlite3.DatabaseError:  # damaged or half made: it is only an index
            return None
        return str(row[0]) if version == SCHEMA_VERSION and row else None

    def build(self, cards: Sequence[ModelCard], fingerprint: str) -> None:
        """Make the index of these cards, in this order.

        Raises:
            CatalogUnavailable: the file cannot be written.
        """
        import sqlite_utils

        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            db = sqlite_utils.Database(memory=True)  # on disk every step would wait for the disk
            try:
                models = db.table("models")
                models.create(
                    {"id": str, "position": int, "card": str, **dict.fromkeys(_SEARCHED, str)}, pk="id"
                )
                models.insert_all(
                    {
                        "id": card.id,
                        "position": position,
                        "name": card.name,
                        "tasks": " ".join(card.tasks),
                        "description": card.description,
                        "about": " ".join(
                            (card.licence, card.loader, card.source, *card.languages, *card.sets)
                        ),
                        "card": json.dumps(to_mapping(card)),
                    }
                    for position, card in enumerate(cards)
                )
                for table, column, values in (
                    ("model_tasks", "task", [(card.id, task) for card in cards for task in card.tasks]),
                    ("model_sets", "name", [(card.id, name) for card in cards for name in card.sets]),
                ):
                    links = db.table(table)
                    links.create({"model_id": str, column: str}, foreign_keys=[("model_id", "models", "id")])
                    links.insert_all({"model_id": model_id, column: value} for model_id, value in values)
                    links.create_index([column])
                models.enable_fts(["id", *_SEARCHED], tokenize="porter unicode61 remove_diacritics 2")
                db.table("made_from").insert({"fingerprint": fingerprint})
                db.conn.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                db.conn.commit()
                with closing(sqlite3.connect(draft)) as kept:
                    db.conn.backup(kept)
            finally:
                db.close()
            draft.replace(self._path)
        except (OSError, sqlite3.Error) as error:
            raise CatalogUnavailable(
                "The catalogue's index cannot be written.",
                f"Check that there is room on the disk and that {self._path.parent} can be written to.",
                str(error),
            ) from error
        finally:
            with suppress(OSError):  # what went wrong has been said; a folder that is a file says it twice
                draft.unlink(missing_ok=True)

    def all(self) -> list[ModelCard]:
        """Every card, in the catalogue's order."""
        return self._cards("SELECT card FROM models ORDER BY position", ())

    def one(self, model_id: str) -> ModelCard | None:
        """The card of that id."""
        return next(iter(self._cards("SELECT card FROM models WHERE id = ?", (model_id,))), None)

    def for_task(self, task: str) -> list[ModelCard]:
        """The cards that name a task type."""
        return self._cards(
            "SELECT card FROM models JOIN model_tasks ON model_id = id WHERE task = ? ORDER BY position",
            (task,),
        )

    def in_set(self, name: str) -> list[ModelCard]:
        """The cards of a set."""
        return self._cards(
            "SELECT card FROM models JOIN model_sets ON model_id = id "
            "WHERE model_sets.name = ? ORDER BY position",
            (name,),
        )

    def search(self, text: str) -> list[ModelCard]:
        """The cards that have all the words, or words that begin so; best first."""
        words = re.findall(r"\w+", text)
        if not words:
            return []
        query = " ".join(f'"{word}"*' for word in words)
        # An id or a name says more than a description.
        return self._cards(
            "SELECT models.card FROM models_fts JOIN models ON models.rowid = models_fts.rowid "
            "WHERE models_fts MATCH ? ORDER BY bm25(models_fts, 8, 8, 4, 2, 1), position",
            (query,),
        )

    def _cards(self, query: str, values: tuple[str, ...]) -> list[ModelCard]:
        try:
            with self._reading() as db:
                rows = db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise CatalogUnavailable(
                "The catalogue's index cannot be read.",
                f"Delete {self._path}: it is made anew at the next start.",
                str(error),
            ) from error
        return [from_mapping(json.loads(row[0]), "the catalogue's index") for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            yield db
