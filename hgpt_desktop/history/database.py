"""The connection to the history's file, and what goes wrong with it in plain words."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hgpt_desktop.core.errors import DatabaseTooNew, DiskFull, EnvironmentFault, InvalidInput

if TYPE_CHECKING:
    from sqlite_utils import Database

log = logging.getLogger(__name__)

_BUSY_TIMEOUT_S = 30.0
_HELPER_FILES_BYTES = 1 << 20  # more than the files beside the database need to begin with


class HistoryDatabase:
    """One connection, opened at first use; other processes may have the file open at the same time.

    Threads: any; one at a time is let in.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._db: Database | None = None
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database, to look things up.

        Raises:
            DatabaseTooNew: a newer version of the program wrote it.
            DiskFull, EnvironmentFault: it cannot be opened, is damaged, or cannot be written.
        """
        with self._lock, self._in_plain_words():
            yield self._opened()

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """The database in a transaction of its own: all of the block is kept, or nothing.

        Raises: as `reading`.
        """
        with self.reading() as db, _transaction(db):
            yield db

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self._closed = True
            if self._db is not None:
                self._db.close()
                self._db = None

    def _opened(self) -> Database:
        if self._closed:
            raise EnvironmentFault("The history is closed.", "Start the program again.")
        if self._db is None:
            self._db = self._open()
        return self._db

    def _open(self) -> Database:
        from sqlite_utils import Database

        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=_BUSY_TIMEOUT_S, check_same_thread=False)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            _use_wal(connection)
            db = Database(connection)
            self._migrate(db)
        except BaseException:
            connection.close()
            raise
        return db

    def _migrate(self, db: Database) -> None:
        from hgpt_desktop.history.migrations import MIGRATIONS, STEPS

        unknown = {step.name for step in MIGRATIONS.applied(db)} - set(STEPS)
        if unknown:
            raise DatabaseTooNew(
                f"The history {self.path} was written by a newer version of this program.",
                "Update the program, or move that file to another place to begin a new history.",
                f"unknown steps: {', '.join(sorted(unknown))}",
            )
        while MIGRATIONS.pending(db):
            # Another process may be at it too, so each step is looked for again under the write lock.
            with _transaction(db):
                later = [step.name for step in MIGRATIONS.pending(db)[1:]]
                MIGRATIONS.apply(db, stop_before=later)

    @contextmanager
    def _in_plain_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._fault(error) from error
        except UnicodeEncodeError as error:
            raise InvalidInput(
                "The text has characters in it that are none.",
                "Write it anew, or name the file anew.",
                str(error),
            ) from error
        except OSError as error:
            raise EnvironmentFault(
                f"The history {self.path} cannot be opened.",
                "Check that you may write to its folder.",
                str(error),
            ) from error

    def _fault(self, error: sqlite3.DatabaseError) -> EnvironmentFault:
        words = str(error).lower()
        # SQLite cannot always tell: where its small helper files find no room, it speaks of an I/O error.
        if "disk is full" in words or ("disk i/o error" in words and self._no_room()):
            return DiskFull(
                f"The disk is full: the history {self.path} cannot be written.",
                "Free some room: what could not be kept is kept as soon as there is some, as long as the "
                "program is open. The results of a run are in its folder all the same.",
                str(error),
            )
        if "not a database" in words or "malformed" in words:
            return EnvironmentFault(
                f"The history {self.path} is damaged.",
                "Move that file to another place; a new history is begun at the next start.",
                str(error),
            )
        if "locked" in words or "busy" in words:
            return EnvironmentFault(
                f"Another program keeps the history {self.path} locked.",
                "Close other windows of this program and try again.",
                str(error),
            )
        return EnvironmentFault(
            f"The history {self.path} cannot be used.",
            "Check that you may read and write it, and that its disk is well.",
            str(error),
        )

    def _no_room(self) -> bool:
        try:
            return shutil.disk_usage(self.path.parent).free < _HELPER_FILES_BYTES
        except OSError:  # the disk itself is at fault
            return False


def _use_wal(connection: sqlite3.Connection) -> None:
    """Let readers and one writer work side by side. The mode stays with the file."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        return
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        log.info("Another process opens the history now; the next start sets its mode.")


@contextmanager
def _transaction(db: Database) -> Iterator[None]:
    """Take the write lock at once, so that nothing changes between looking and writing."""
    connection = db.conn
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
