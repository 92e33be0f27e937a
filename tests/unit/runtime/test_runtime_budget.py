"""The budget: what is free and what is ours, less a reserve, under all limits."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import psutil
import pytest

from hgpt_desktop.core.errors import EnvironmentFault
from hgpt_desktop.runtime import budget
from hgpt_desktop.runtime.memory import detect_budget_bytes

GIB = 2**30
MIB = 2**20


class Machine:
    """A machine with given memory, on which this program holds some."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._patch = monkeypatch
        self.groups = folder / "cgroup"
        self.own = folder / "self-cgroup"
        monkeypatch.setattr(budget, "_CGROUP_ROOT", self.groups)
        monkeypatch.setattr(budget, "_PROCESS_CGROUP", self.own)

    def ram(self, total: int, available: int, held: int = 0) -> None:
        self._patch.setattr(
            psutil, "virtual_memory", lambda: SimpleNamespace(total=total, available=available)
        )
        self._patch.setattr(budget, "_own_ram_bytes", lambda: held)

    def group(self, path: str, limit: object, used: int, cache: int = 0) -> None:
        folder = self.groups / path
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "memory.max").write_text(f"{limit}\n")
        (folder / "memory.current").write_text(f"{used}\n")
        (folder / "memory.stat").write_text(f"anon 5\ninactive_file {cache}\n")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    return Machine(monkeypatch, tmp_path)


def test_a_reserve_is_left_to_others(machine: Machine) -> None:
    machine.ram(total=8 * GIB, available=4 * GIB)
    assert detect_budget_bytes("cpu") == 4 * GIB - 512 * MIB
    machine.ram(total=100 * GIB, available=50 * GIB)
    assert detect_budget_bytes("cpu") == 46 * GIB


def test_what_this_program_holds_counts_as_free(machine: Machine) -> None:
    """Else the budget would shrink with every model that is loaded."""
    machine.ram(total=8 * GIB, available=4 * GIB)
    before = detect_budget_bytes("cpu")
    machine.ram(total=8 * GIB, available=3 * GIB, held=1 * GIB)
    assert detect_budget_bytes("cpu") == before


def test_it_is_never_below_nothing(machine: Machine) -> None:
    machine.ram(total=8 * GIB, available=100 * MIB)
    assert detect_budget_bytes("cpu") == 0


def test_a_control_group_limits_it(machine: Machine) -> None:
    machine.ram(total=64 * GIB, available=60 * GIB)
    machine.own.write_text("1:name=systemd:/x\n0::/outer/inner\n")
    machine.group("outer/inner", "max", 3 * GIB)
    machine.group("outer", 8 * GIB, 5 * GIB, cache=1 * GIB)
    assert detect_budget_bytes("cpu") == 4 * GIB - 512 * MIB


def test_an_old_control_group_limits_it(machine: Machine) -> None:
    machine.ram(total=64 * GIB, available=60 * GIB)
    machine.own.write_text("4:cpu,memory:/box\n0::/\n")
    folder = machine.groups / "memory" / "box"
    folder.mkdir(parents=True)
    (folder / "memory.limit_in_bytes").write_text(f"{4 * GIB}")
    (folder / "memory.usage_in_bytes").write_text(f"{2 * GIB}")
    (folder / "memory.stat").write_text(f"total_inactive_file {1 * GIB}")
    assert detect_budget_bytes("cpu") == 3 * GIB - 512 * MIB


def test_a_group_without_a_limit_changes_nothing(machine: Machine) -> None:
    machine.ram(total=8 * GIB, available=4 * GIB)
    machine.own.write_text("0::/\n")
    machine.group(".", "max", 1 * GIB)
    assert detect_budget_bytes("cpu") == 4 * GIB - 512 * MIB


def test_this_machine_has_a_budget() -> None:
    assert 0 < detect_budget_bytes("cpu") < psutil.virtual_memory().total


class Driver(ModuleType):
    """Stands for pynvml: one GPU, on which this process holds some memory."""

    def __init__(self, free: int, total: int, held: int | None, works: bool = True) -> None:
        super().__init__("pynvml")
        self.NVMLError = type("NVMLError", (Exception,), {})
        self.shut = 0
        processes = [
            SimpleNamespace(pid=psutil.Process().pid, usedGpuMemory=held),
            SimpleNamespace(pid=1, usedGpuMemory=GIB),
        ]

        def init() -> None:
            if not works:
                raise self.NVMLError("no driver")

        def handle(index: int) -> int:
            if index > 0:
                raise self.NVMLError("no such GPU")
            return index

        def shutdown() -> None:
            self.shut += 1

        self.nvmlInit = init
        self.nvmlShutdown = shutdown
        self.nvmlDeviceGetHandleByIndex = handle
        self.nvmlDeviceGetMemoryInfo = lambda handle: SimpleNamespace(free=free, total=total)
        self.nvmlDeviceGetComputeRunningProcesses = lambda handle: processes


@pytest.mark.parametrize("device", ["auto", "cuda:0", "cuda"])
def test_a_gpu_is_asked_of_its_driver(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    driver = Driver(free=5 * GIB, total=8 * GIB, held=2 * GIB)
    monkeypatch.setitem(sys.modules, "pynvml", driver)
    assert detect_budget_bytes(device) == 7 * GIB - 512 * MIB
    assert driver.shut == 1


def test_a_driver_that_does_not_tell_processes_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", Driver(free=5 * GIB, total=8 * GIB, held=None))
    assert detect_budget_bytes("cuda:0") == 5 * GIB - 512 * MIB


def test_without_a_gpu_it_is_the_ram(monkeypatch: pytest.MonkeyPatch, machine: Machine) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", Driver(1, 1, 1, works=False))
    machine.ram(total=8 * GIB, available=4 * GIB)
    assert detect_budget_bytes("auto") == detect_budget_bytes("cpu")


@pytest.mark.parametrize(("device", "works"), [("cuda:0", False), ("cuda:3", True)])
def test_a_gpu_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, device: str, works: bool) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", Driver(GIB, GIB, 0, works))
    with pytest.raises(EnvironmentFault, match=device) as raised:
        detect_budget_bytes(device)
    assert "`cpu`" in raised.value.hint
