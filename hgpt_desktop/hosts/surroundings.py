"""What a host process finds around it: its environment, its cores, and the log for what it prints."""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path
from typing import BinaryIO

import psutil

_log = logging.getLogger(__name__)

_LOG_LIMIT_BYTES = 4 * 2**20
_LOG_TAIL_BYTES = 4000


def host_environment(threads: int) -> dict[str, str]:
    """What a host process finds in its environment: offline, quiet, with bounded threads."""
    environment = dict(os.environ)
    # By default OpenMP's threads wait for one another by spinning. As soon as another program wants a core
    # that costs far more than it gains: 0.6 tokens/s became 10 on two busy cores.
    environment.setdefault("OMP_WAIT_POLICY", "passive")
    # A heap for every thread keeps what each has freed: 70 MB more at the peak of four small models. One heap
    # for all took the same time (sentences, a UNet, convolutions: within 3 %).
    environment.setdefault("MALLOC_ARENA_MAX", "1")
    environment.update(
        HF_HUB_OFFLINE="1",
        TRANSFORMERS_OFFLINE="1",
        HF_DATASETS_OFFLINE="1",
        HF_HUB_DISABLE_TELEMETRY="1",
        DO_NOT_TRACK="1",
        TOKENIZERS_PARALLELISM="false",
        OMP_NUM_THREADS=str(threads),
        MKL_NUM_THREADS=str(threads),
        OPENBLAS_NUM_THREADS=str(threads),
        PYTHONUNBUFFERED="1",
        PYTHONIOENCODING="utf-8",
    )
    return environment


def usable_cores() -> int:
    """Physical cores that this process may use: its affinity and its control group's quota count."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return max(1, cores)
    if quota.isdigit() and period.isdigit() and int(period):
        cores = min(cores, -(-int(quota) // int(period)))
    return max(1, cores)


def log_for(log_path: Path) -> BinaryIO:
    """The log, open for what the process says; nothing is kept where it cannot be written."""
    try:
        log_path.parent.mkdir(parents=True, exist_ok=True)
        _shorten(log_path)
        return log_path.open("ab")
    except OSError as error:
        _log.warning("Without a log, because %s cannot be written: %s", log_path, error)
        return Path(os.devnull).open("ab")


def _shorten(log_path: Path) -> None:
    """Keep one older log beside it where it has grown."""
    with contextlib.suppress(FileNotFoundError):
        if log_path.stat().st_size > _LOG_LIMIT_BYTES:
            log_path.replace(log_path.with_suffix(log_path.suffix + ".old"))


def tail(log_path: Path) -> str:
    try:
        with log_path.open("rb") as log:
            log.seek(max(0, log_path.stat().st_size - _LOG_TAIL_BYTES))
            return log.read().decode("utf-8", "replace")
    except OSError:
        return ""
