"""What the commands share: opening the engine with the command line's settings, and stopping on Ctrl-C."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ChatHost
from hgpt_desktop.hosts.clients import LlamaClient
from hgpt_desktop.settings import DEVICE, Folders, Settings, parse_size
from hgpt_desktop.wiring import Application


def settings_of(arguments: argparse.Namespace, folders: Folders) -> Settings:
    """The kept settings, overruled by the command line.

    Raises:
        InvalidInput: a device or size that does not exist.
    """
    settings = Settings.load(folders.config / "settings.json")
    if getattr(arguments, "llm", None):
        settings = replace(settings, llm=arguments.llm)
    if device := getattr(arguments, "device", None):
        if not DEVICE.fullmatch(device):
            raise InvalidInput(f"There is no device {device}.", "Use auto, cpu or cuda:0.")
        settings = replace(settings, device=device)
    if budget := getattr(arguments, "memory_budget", None):
        settings = replace(settings, memory_budget_bytes=parse_size(budget))
    return settings


@contextmanager
def opened(
    arguments: argparse.Namespace, make_chat: Callable[[Path, Path, int], ChatHost] = LlamaClient
) -> Iterator[tuple[Application, CancelToken]]:
    """The engine, and a token that Ctrl-C and a polite kill set."""
    folders = Folders.of_user()
    cancel = CancelToken()

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.cancelled:  # the second time, at once
            raise KeyboardInterrupt
        cancel.cancel()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with Application.open(folders, settings_of(arguments, folders), make_chat=make_chat) as application:
            yield application, cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
