"""How much memory models may take: what the device has, less what others use and a reserve."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

from hgpt_desktop.core.errors import EnvironmentFault

log = logging.getLogger(__name__)

RESERVE_BYTES = 512 * 2**20
RESERVE_SHARE = 0.04
_PROCESS_CGROUP = Path("/proc/self/cgroup")
_CGROUP_ROOT = Path("/sys/fs/cgroup")


def detect_budget_bytes(device: str = "auto") -> int:
    """What models may take together on a device, in bytes; what this program holds counts as free.

    The reserve of 512 MiB, or 4 % where that is more, is left to others.

    Args:
        device: `cpu`, `cuda:N`, or `auto` for the first GPU where there is one and the RAM otherwise.

    Raises:
        EnvironmentFault: a GPU is asked for that the driver does not show.
    """
    if device == "cpu":
        return _ram_budget_bytes()
    index = int(device.partition(":")[2] or 0) if device.startswith("cuda") else 0
    budget_bytes = _gpu_budget_bytes(index)
    if budget_bytes is not None:
        return budget_bytes
    if device == "auto":
        return _ram_budget_bytes()
    raise EnvironmentFault(
        f"The graphics card {device} cannot be used.",
        "Check its driver, or choose the device `cpu` in the settings.",
    )


def _less_reserve(free_bytes: int, total_bytes: int) -> int:
    return max(0, free_bytes - max(RESERVE_BYTES, int(total_bytes * RESERVE_SHARE)))


# ---------------------------------------------------------------- RAM


def _ram_budget_bytes() -> int:
    import psutil

    memory = psutil.virtual_memory()
    total_bytes, free_bytes = memory.total, memory.available
    for limit_bytes, used_bytes in _cgroup_limits():
        if limit_bytes < total_bytes:
            total_bytes = limit_bytes
        free_bytes = min(free_bytes, max(0, limit_bytes - used_bytes))
    return _less_reserve(min(total_bytes, free_bytes + _own_ram_bytes()), total_bytes)


def _own_ram_bytes() -> int:
    """What this process and its children hold. Files mapped into memory are not counted on Linux: the
    system reports them as available already."""
    import psutil

    own = psutil.Process()
    held_bytes = 0
    for process in (own, *own.children(recursive=True)):
        try:
            memory = process.memory_info()
        except psutil.Error:  # it has ended meanwhile
            continue
        held_bytes += memory.rss - (memory.shared if sys.platform.startswith("linux") else 0)
    return held_bytes


def _cgroup_limits() -> Iterator[tuple[int, int]]:
    """(limit, used) in bytes of every control group that this process is in; caches do not count as used."""
    try:
        lines = _PROCESS_CGROUP.read_text(encoding="ascii").splitlines()
    except OSError:  # not Linux
        return
    for line in lines:
        _, controllers, own_path = line.split(":", 2)
        if controllers == "":
            root, limit_name, used_name, cache_key = (
                _CGROUP_ROOT,
                "memory.max",
                "memory.current",
                "inactive_file",
            )
        elif "memory" in controllers.split(","):
            root = _CGROUP_ROOT / "memory"
            limit_name, used_name = "memory.limit_in_bytes", "memory.usage_in_bytes"
            cache_key = "total_inactive_file"
        else:
            continue
        group = root / own_path.lstrip("/")
        for folder in (group, *group.parents):
            if not folder.is_relative_to(root):
                break
            limit_bytes, used_bytes = _number(folder / limit_name), _number(folder / used_name)
            if limit_bytes is not None and used_bytes is not None:
                yield limit_bytes, max(0, used_bytes - _cache_bytes(folder / "memory.stat", cache_key))


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # no such file, or `max`
        return None


def _cache_bytes(path: Path, key: str) -> int:
    try:
        pairs = (line.split() for line in path.read_text(encoding="ascii").splitlines())
        return next((int(value) for name, value in pairs if name == key), 0)
    except (OSError, ValueError):
        return 0


# ---------------------------------------------------------------- GPU


def _gpu_budget_bytes(index: int) -> int | None:
    """The budget of one GPU as its driver reports it, or None where there is none."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        log.debug("No GPU: %s", error)
        return None
    try:
        handle = pynvml.nvmlDeviceGetHandleByIndex(index)
        memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
        own = _own_process_ids()
        held_bytes = sum(
            process.usedGpuMemory or 0
            for process in pynvml.nvmlDeviceGetComputeRunningProcesses(handle)
            if process.pid in own
        )
        return _less_reserve(int(memory.free) + held_bytes, int(memory.total))
    except pynvml.NVMLError as error:
        log.warning("The driver does not say how much memory GPU %d has: %s", index, error)
        return None
    finally:
        pynvml.nvmlShutdown()


def _own_process_ids() -> frozenset[int]:
    import psutil

    own = psutil.Process()
    return frozenset({own.pid, *(child.pid for child in own.children(recursive=True))})
