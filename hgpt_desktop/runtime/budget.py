"""How much memory models may take: what the device has, less what others use and a reserve."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hgpt_desktop.core.errors import EnvironmentFault

log = logging.getLogger(__name__)

RESERVE_BYTES = 512 * 2**20
RESERVE_SHARE = 0.04
_PAUSE_S = 0.05
_SETTLED_S = 1.0  # memory that has not become more for so long will not
_PROCESS_CGROUP = Path("/proc/self/cgroup")
_CGROUP_ROOT = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class DeviceReading:
    """What a device's driver, or the system, says about its memory.

    Args:
        total_bytes: all of it, or as much as this program may have at most.
        free_bytes: what nobody uses.
        own_bytes: what this program and its hosts hold, what their allocators keep for later included.
    """

    total_bytes: int
    free_bytes: int
    own_bytes: int

    @property
    def others_bytes(self) -> int:
        """What other programs hold."""
        return max(0, self.total_bytes - self.free_bytes - self.own_bytes)

    def budget_bytes(self, reserve_bytes: int | None = None, models_bytes: int | None = None) -> int:
        """What models may take together; what this program holds for models counts as free.

        Args:
            reserve_bytes: left to others; None: 512 MiB, or 4 % where that is more.
            models_bytes: how much of what this program holds is for models, or kept by allocators for them;
                the rest are libraries and a GPU's context, which no model can have. None: all of it is.
        """
        if reserve_bytes is None:
            reserve_bytes = max(RESERVE_BYTES, int(self.total_bytes * RESERVE_SHARE))
        held_bytes = self.own_bytes if models_bytes is None else min(self.own_bytes, models_bytes)
        return max(0, min(self.total_bytes, self.free_bytes + held_bytes) - reserve_bytes)


def read_device(device: str = "auto") -> DeviceReading:
    """The memory of a device now. No CUDA context is made by asking.

    Args:
        device: `cpu`, `cuda:N`, or `auto` for the first GPU where there is one and the RAM otherwise.

    Raises:
        EnvironmentFault: a GPU is asked for that the driver does not show.
    """
    if device == "cpu":
        return _read_ram()
    index = int(device.partition(":")[2] or 0) if device.startswith("cuda") else 0
    reading = _read_gpu(index)
    if reading is not None:
        return reading
    if device == "auto":
        return _read_ram()
    raise EnvironmentFault(
        f"The graphics card {device} cannot be used.",
        "Check its driver, or set `device` to `cpu` in the settings.",
    )


def detect_budget_bytes(device: str = "auto", reserve_bytes: int | None = None) -> int:
    """What models may take together on a device, in bytes: see `read_device` and `DeviceReading`."""
    return read_device(device).budget_bytes(reserve_bytes)


class RecentReadings:
    """Readings that are kept for a moment: asking the system takes milliseconds, and several ask in a row.

    Threads: any.

    Args:
        read: the memory of a device now.
        kept_s: for how long.
    """

    def __init__(
        self,
        read: Callable[[str], DeviceReading] = read_device,
        kept_s: float = 0.25,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._kept_s = kept_s
        self._clock = clock
        self._kept: dict[str, tuple[float, DeviceReading]] = {}

    def __call__(self, device: str) -> DeviceReading:
        """The memory of a device, at most so long ago."""
        kept = self._kept.get(device)
        if kept is None or self._clock() - kept[0] > self._kept_s:
            kept = self._kept[device] = (self._clock(), self._read(device))
        return kept[1]


class MemoryBack:
    """Waits until a device has really got back what models gave up: drivers are late to tell.

    Args:
        read: the memory of a device now.
        limit_s: after so long it is given up.
        pause: waits so many seconds.
    """

    def __init__(
        self,
        read: Callable[[str], DeviceReading] = read_device,
        limit_s: float = 5.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._read = read
        self._limit_s = limit_s
        self._pause = pause

    def __call__(self, device: str, needed_bytes: int) -> None:
        """Return once so much is free, or it no longer becomes more, or time is up."""
        waited_s = 0.0
        free_bytes = self._read(device).free_bytes
        while free_bytes < needed_bytes and waited_s < self._limit_s:
            self._pause(_PAUSE_S)
            waited_s += _PAUSE_S
            now_bytes = self._read(device).free_bytes
            if now_bytes <= free_bytes and waited_s >= _SETTLED_S:
                log.info("%s has %d bytes free, %d are wanted.", device, now_bytes, needed_bytes)
                return
            free_bytes = now_bytes


# ---------------------------------------------------------------- RAM


def _read_ram() -> DeviceReading:
    import psutil

    memory = psutil.virtual_memory()
    total_bytes, free_bytes = memory.total, memory.available
    for limit_bytes, used_bytes in _cgroup_limits():
        if limit_bytes < total_bytes:
            total_bytes = limit_bytes
        free_bytes = min(free_bytes, max(0, limit_bytes - used_bytes))
    return DeviceReading(total_bytes, free_bytes, _own_ram_bytes())


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


def _read_gpu(index: int) -> DeviceReading | None:
    """The memory of one GPU as its driver reports it, or None where there is none."""
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
        return DeviceReading(int(memory.total), int(memory.free), held_bytes)
    except pynvml.NVMLError as error:
        log.warning("The driver does not say how much memory GPU %d has: %s", index, error)
        return None
    finally:
        pynvml.nvmlShutdown()


def _own_process_ids() -> frozenset[int]:
    import psutil

    own = psutil.Process()
    return frozenset({own.pid, *(child.pid for child in own.children(recursive=True))})
