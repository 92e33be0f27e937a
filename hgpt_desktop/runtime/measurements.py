"""What models were seen to take: loads, peaks of runs, and the rung that worked, kept in SQLite."""

from __future__ import annotations

import logging
import math
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hgpt_desktop.runtime.ladder import Rung

log = logging.getLogger(__name__)

PEAK_QUANTILE = 0.95
PEAK_MARGIN = 1.1
_KEPT_ROWS = 200  # of one model, device, precision and bucket
_VERSION = 2
_PREFIXES = "CREATE TABLE prefixes (model TEXT, device TEXT, prefix_s REAL, PRIMARY KEY (model, device));"
_SCHEMA = (
    """
CREATE TABLE loads (
    model TEXT, device TEXT, precision TEXT, resident_bytes INTEGER, load_s REAL, at REAL);
CREATE INDEX loads_by_model ON loads (model, device, precision, at);
CREATE TABLE runs (
    model TEXT, device TEXT, precision TEXT, bucket INTEGER, peak_bytes INTEGER, at REAL);
CREATE INDEX runs_by_model ON runs (model, device, precision, bucket, at);
CREATE TABLE headers (path TEXT PRIMARY KEY, stamp TEXT, weights_bytes INTEGER);
CREATE TABLE rungs (model TEXT, device TEXT, rung TEXT, PRIMARY KEY (model, device));
"""
    + _PREFIXES
)


@dataclass(frozen=True, slots=True)
class SeenLoads:
    """What the last loads of a model took: the most bytes, and the middle of the seconds."""

    resident_bytes: int
    load_s: float


class Measurements:
    """The book of measurements: `RungStore`, and the memory of `LearnedFootprints`.

    It serves estimates only, so that a file that cannot be used is logged and begun anew in memory.

    Args:
        path: the file, or None to forget with the program.

    Threads: any.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    # ------------------------------------------------------------ loads

    def add_load(self, model: str, device: str, precision: str, resident_bytes: int, load_s: float) -> None:
        """Keep what a load took."""
        with self._writing() as db:
            row = (model, device, precision, resident_bytes, load_s, time.time())
            db.execute("INSERT INTO loads VALUES (?, ?, ?, ?, ?, ?)", row)
            _forget_old(db, "loads", "model = ? AND device = ? AND precision = ?", (model, device, precision))

    def loads(self, model: str, device: str, precision: str) -> SeenLoads | None:
        """What the last loads took; None where there was none."""
        rows = self._rows(
            "SELECT resident_bytes, load_s FROM loads WHERE model = ? AND device = ? AND precision = ?"
            " ORDER BY at DESC LIMIT 9",
            (model, device, precision),
        )
        if not rows:
            return None
        seconds = sorted(row[1] for row in rows)
        return SeenLoads(max(row[0] for row in rows), seconds[len(seconds) // 2])

    def keep_prefix(self, model: str, device: str, prefix_s: float) -> None:
        """Remember how long an LLM took to have the beginning of its prompt again."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO prefixes VALUES (?, ?, ?)", (model, device, prefix_s))

    def prefix_s(self, model: str, device: str) -> float:
        """How long an LLM takes, beside its load, to have the beginning of its prompt again; 0: not known."""
        rows = self._rows("SELECT prefix_s FROM prefixes WHERE model = ? AND device = ?", (model, device))
        return float(rows[0][0]) if rows else 0.0

    # ------------------------------------------------------------ runs

    def add_run(self, model: str, device: str, precision: str, input_bytes: int, peak_bytes: int) -> None:
        """Keep what a run took on top of the weights."""
        bucket = bucket_of(input_bytes)
        with self._writing() as db:
            row = (model, device, precision, bucket, peak_bytes, time.time())
            db.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", row)
            key = (model, device, precision, bucket)
            _forget_old(db, "runs", "model = ? AND device = ? AND precision = ? AND bucket = ?", key)

    def peak_bytes(
        self, model: str, device: str, precision: str, input_bytes: int | None = None
    ) -> int | None:
        """What a run will hardly exceed: the 95th percentile of those seen, and 10 %; None: none was seen.

        Args:
            input_bytes: the size of the inputs; the largest of all sizes seen counts where it is not known or
                was never seen.
        """
        rows = self._rows(
            "SELECT bucket, peak_bytes FROM runs WHERE model = ? AND device = ? AND precision = ?",
            (model, device, precision),
        )
        by_bucket: dict[int, list[int]] = {}
        for bucket, peak in rows:
            by_bucket.setdefault(bucket, []).append(peak)
        if input_bytes is not None and bucket_of(input_bytes) in by_bucket:
            by_bucket = {0: by_bucket[bucket_of(input_bytes)]}
        return max((_hardly_exceeded(peaks) for peaks in by_bucket.values()), default=None)

    # ------------------------------------------------------------ rungs

    def rung(self, model_id: str, device: str) -> Rung:
        """See `RungStore.rung`."""
        rows = self._rows("SELECT rung FROM rungs WHERE model = ? AND device = ?", (model_id, device))
        return Rung[rows[0][0]] if rows and rows[0][0] in Rung.__members__ else Rung.AS_IT_IS

    def keep_rung(self, model_id: str, device: str, rung: Rung) -> None:
        """See `RungStore.keep_rung`."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO rungs VALUES (?, ?, ?)", (model_id, device, rung.name))

    def close(self) -> None:
        """Close the file; it is opened again at the next use."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    # ------------------------------------------------------------ headers

    def header(self, path: Path, context_tokens: int) -> int | None:
        """What a model takes by its file's header; None where that has changed or was never read."""
        key = _stamp(path, context_tokens)
        rows = self._rows("SELECT weights_bytes FROM headers WHERE path = ? AND stamp = ?", key)
        return int(rows[0][0]) if rows else None

    def keep_header(self, path: Path, context_tokens: int, weights_bytes: int) -> None:
        """Remember what a header says: some take a second to read."""
        with self._writing() as db:
            row = (*_stamp(path, context_tokens), weights_bytes)
            db.execute("INSERT OR REPLACE INTO headers VALUES (?, ?, ?)", row)

    # ------------------------------------------------------------ the file

    def _rows(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return list(self._opened().execute(query, values))
            except sqlite3.Error as error:
                self._begin_anew(error)
                return []

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with self._opened() as db:
                    yield db
            except sqlite3.Error as error:
                self._begin_anew(error)

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            if self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            self._db = _connect(str(self._path or ":memory:"))
        return self._db

    def _begin_anew(self, error: sqlite3.Error) -> None:
        log.warning("Measurements cannot be kept in %s: %s", self._path, error)
        if self._db is not None:
            self._db.close()
        self._path, self._db = None, None


def _stamp(path: Path, context_tokens: int) -> tuple[str, str]:
    status = path.stat()
    return str(path), f"{status.st_size}:{status.st_mtime_ns}:{context_tokens}"


def bucket_of(input_bytes: int) -> int:
    """Inputs of one bucket differ in size by less than four times."""
    return int(math.log2(max(1, input_bytes)) // 2)


def _connect(name: str) -> sqlite3.Connection:
    db = sqlite3.connect(name, timeout=10.0, check_same_thread=False)
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version == 0:
        with db:
            db.executescript(f"PRAGMA journal_mode = WAL; {_SCHEMA} PRAGMA user_version = {_VERSION};")
    elif version == 1:
        with db:
            db.executescript(f"{_PREFIXES} PRAGMA user_version = {_VERSION};")
    elif version != _VERSION:
        db.close()
        raise sqlite3.DatabaseError(f"version {version} is not known here")
    return db


def _hardly_exceeded(peaks: Sequence[int]) -> int:
    ordered = sorted(peaks)
    return int(ordered[math.ceil(PEAK_QUANTILE * len(ordered)) - 1] * PEAK_MARGIN)


def _forget_old(db: sqlite3.Connection, table: str, where: str, key: Sequence[object]) -> None:
    db.execute(
        f"DELETE FROM {table} WHERE {where} AND rowid NOT IN "  # noqa: S608 - both texts are from this file
        f"(SELECT rowid FROM {table} WHERE {where} ORDER BY at DESC, rowid DESC LIMIT {_KEPT_ROWS})",
        (*key, *key),
    )
