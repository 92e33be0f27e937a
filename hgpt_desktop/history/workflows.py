"""Plans that are kept to be run on other files, a JSON file each."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.plan import FileRef, Plan
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.history.codec import dumps, plan_from_json, plan_to_json
from hgpt_desktop.history.export import written_whole

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """A file that the workflow wants: by which name its plan calls it, and what it must be."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Workflow:
    """A plan with the request that it came from.

    Args:
        id: the file's name without its ending.
        models: by task id, the model that the user chose.
    """

    id: str
    name: str
    request: str
    plan: Plan
    slots: tuple[Slot, ...] = ()
    models: tuple[tuple[int, str], ...] = ()


def slots_of(plan: Plan, files: Sequence[Resource]) -> tuple[Slot, ...]:
    """The files that the plan refers to, in the order in which it does.

    Raises:
        InvalidInput: one of them is not among `files`.
    """
    kinds = {file.name: file.kind for file in files}
    found: dict[str, Slot] = {}
    for task in plan.tasks:
        for values in task.args.values():
            for value in values:
                if isinstance(value, FileRef):
                    if value.name not in kinds:
                        raise InvalidInput(
                            f"The plan uses {value.name}, which is no longer there.",
                            "Send the request again with the file, and save that plan.",
                        )
                    found.setdefault(value.name, Slot(value.name, kinds[value.name]))
    return tuple(found.values())


class WorkflowStore:
    """The folder of workflows. Threads: one at a time.

    Raises (every method): `InvalidInput` where the folder cannot be used; `DiskFull`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[Workflow, ...]:
        """All of them by name; files that are not workflows are left out."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                found.append(_read(path))
            except InvalidInput:  # somebody else's file, or a newer program's
                continue
        return tuple(sorted(found, key=lambda one: one.name.casefold()))

    def one(self, workflow_id: str) -> Workflow:
        """The workflow of that id."""
        return _read(self._folder / f"{workflow_id}.json")

    def save(
        self,
        name: str,
        request: str,
        plan: Plan,
        slots: Sequence[Slot],
        models: Sequence[tuple[int, str]] = (),
    ) -> Workflow:
        """Keep a plan under a name; where there is one of that name, the new one gets a number."""
        name, workflow_id = self._free(name)
        workflow = Workflow(workflow_id, name, request, plan, tuple(slots), tuple(models))
        self._write(workflow)
        return workflow

    def rename(self, workflow_id: str, name: str) -> Workflow:
        """Give a workflow another name, and the id that goes with it."""
        before = self.one(workflow_id)
        name, new_id = self._free(name, workflow_id)
        workflow = replace(before, id=new_id, name=name)
        self._write(workflow)
        if new_id != workflow_id:
            self.remove(workflow_id)
        return workflow

    def _free(self, name: str, own_id: str = "") -> tuple[str, str]:
        """A name that no other workflow has, and the id for it."""
        wanted = " ".join(name.split())
        if not _id_of(wanted):
            raise InvalidInput("The name is empty.", "Give the workflow a name.")
        number, workflow_id = 1, _id_of(wanted)
        while workflow_id != own_id and (self._folder / f"{workflow_id}.json").exists():
            number += 1
            workflow_id = f"{_id_of(wanted)}-{number}"
        return (wanted if number == 1 else f"{wanted} ({number})"), workflow_id

    def _write(self, workflow: Workflow) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidInput(
                f"The folder {self._folder} cannot be made.", "Check the rights to it.", str(error)
            ) from error
        with written_whole(self._folder / f"{workflow.id}.json") as draft:
            draft.write_text(
                dumps(
                    {
                        "format": FORMAT,
                        "name": workflow.name,
                        "request": workflow.request,
                        "plan": plan_to_json(workflow.plan),
                        "slots": [[slot.name, slot.kind.value] for slot in workflow.slots],
                        "models": [list(pair) for pair in workflow.models],
                    }
                ),
                encoding="utf-8",
            )

    def remove(self, workflow_id: str) -> None:
        """Delete a workflow; nothing happens where there is none."""
        (self._folder / f"{workflow_id}.json").unlink(missing_ok=True)


def _id_of(name: str) -> str:
    return re.sub(r"\W+", "-", name.casefold()).strip("-")[:60]


def _read(path: Path) -> Workflow:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["format"] > FORMAT:
            raise InvalidInput(
                f"The workflow {path.name} is of a newer version of this program.", "Update the program."
            )
        return Workflow(
            path.stem,
            str(kept["name"]),
            str(kept["request"]),
            plan_from_json(kept["plan"]),
            tuple(Slot(str(name), Kind(kind)) for name, kind in kept["slots"]),
            tuple((int(task_id), str(model)) for task_id, model in kept["models"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(
            f"The workflow {path.stem} cannot be read.", "Save it again from a conversation.", str(error)
        ) from error
