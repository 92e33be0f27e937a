"""Conversions that an installation ends with, run in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hgpt_desktop.catalog.cards import CONVERT
from hgpt_desktop.catalog.drafts import hash_file
from hgpt_desktop.catalog.records import RecordedFile
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import EnvironmentFault, ExitCode, ModelDamaged
from hgpt_desktop.core.models import ModelCard

_MODULE = "hgpt_desktop.experts.converting"


def convert(card: ModelCard, folder: Path, cancel: CancelToken) -> RecordedFile:
    """Make the card's converted file from its verified source; the child's libraries never load here.

    Raises:
        ModelDamaged: the file cannot be converted.
        EnvironmentFault: the libraries for it are missing, or the disk is full.
        Cancelled.
    """
    conversion = card.options[CONVERT]
    source, target = folder / conversion["from"], folder / conversion["to"]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", _MODULE, str(source), str(target), "--as", str(conversion["as"])],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    with process, cancel.on_cancel(process.kill):
        _, said = process.communicate()
    cancel.raise_if_cancelled()
    if process.returncode == ExitCode.BAD_INPUT:
        raise ModelDamaged(
            f"{conversion['from']} of {card.id} could not be converted.",
            "`hgpt models repair` fetches it again.",
            said.strip(),
        )
    if process.returncode or not target.is_file():
        raise EnvironmentFault(
            f"{card.id} was fetched, but could not be converted into the form that is loaded.",
            "Install the experts' libraries (`hgpt doctor` names them), then try again.",
            said.strip() or f"the conversion ended with {process.returncode}",
        )
    return RecordedFile(
        conversion["to"], target.stat().st_size, hash_file(target, cancel), f"convert:{conversion['from']}"
    )
