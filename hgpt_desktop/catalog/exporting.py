"""Copies installed models to a folder, from which another machine can take them without a network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hgpt_desktop.catalog.cards import CARD_FILE, write_card
from hgpt_desktop.catalog.drafts import CHUNK_BYTES, Draft, disk_faults
from hgpt_desktop.catalog.progress import Meter
from hgpt_desktop.catalog.records import InstallRecord, RecordedFile, size_on_disk, write_record, write_whole
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import ModelDamaged
from hgpt_desktop.core.models import ModelCard

Exported = tuple[ModelCard, Path, InstallRecord]
"""A card, the folder that it is installed in, and its record."""


def files_to_copy(models: Sequence[Exported], target: Path) -> list[tuple[ModelCard, Path, RecordedFile]]:
    """The files that are not at the target yet."""
    return [
        (card, folder, file)
        for card, folder, record in models
        for file in record.files
        if size_on_disk(target / card.id / file.path) != file.size_bytes
    ]


def copy_models(models: Sequence[Exported], target: Path, meter: Meter, cancel: CancelToken) -> None:
    """Copy the models, a folder each; every file is checked on the way.

    Raises:
        ModelDamaged: a file is not what it was when it was installed.
        DiskFull, EnvironmentFault, Cancelled.
    """
    for card, folder, file in files_to_copy(models, target):
        meter.begin(card.id, file.path)
        with Draft(target / card.id / file.path) as draft:
            draft.restart()
            with disk_faults(folder / file.path), (folder / file.path).open("rb") as content:
                while chunk := content.read(CHUNK_BYTES):
                    cancel.raise_if_cancelled()
                    draft.write(chunk)
                    meter.add(len(chunk))
            if draft.sha256() != file.sha256:
                draft.path.unlink()
                raise ModelDamaged(
                    f"{file.path} of {card.id} is damaged.", f"Mend it with `hgpt models repair {card.id}`."
                )
            draft.install()
        meter.finish(file.size_bytes, known=True)
    for card, _, record in models:
        with disk_faults(target):
            write_whole(target / card.id / CARD_FILE, write_card(card))
            write_record(target / card.id, record)
