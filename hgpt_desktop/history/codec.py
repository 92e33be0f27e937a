"""Plans, results and resources as JSON for the database. Unlike the wire form it loses nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef, Unavailable, Value
from hgpt_desktop.core.resources import Kind, Provenance, Resource
from hgpt_desktop.core.results import LogLine, TaskResult, TaskStatus


def dumps(value: object) -> str:
    """JSON text; what JSON does not know is written as its string."""
    return json.dumps(value, ensure_ascii=False, default=str)


# ---------------------------------------------------------------- plans


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """The whole plan."""
    return {
        "tasks": [_task_to_json(task) for task in plan.tasks],
        "unavailable": [
            [one.task, one.replaced_by, one.lacks.value if one.lacks else None] for one in plan.unavailable
        ],
    }


def plan_from_json(kept: Mapping[str, Any]) -> Plan:
    """The same plan."""
    return Plan(
        tuple(_task_from_json(task) for task in kept["tasks"]),
        tuple(_unavailable_from_json(*entry) for entry in kept["unavailable"]),
    )


def _unavailable_from_json(task: str, replaced_by: str | None, lacks: str | None = None) -> Unavailable:
    """Histories of earlier versions do not have the third part."""
    return Unavailable(task, replaced_by, Kind(lacks) if lacks else None)


def _task_to_json(task: Task) -> dict[str, Any]:
    args = {name: [_value_to_json(value) for value in values] for name, values in task.args.items()}
    return {"id": task.id, "task": task.task, "args": args}


def _task_from_json(kept: Mapping[str, Any]) -> Task:
    args = {name: tuple(_value_from_json(value) for value in values) for name, values in kept["args"].items()}
    return Task(kept["id"], kept["task"], args)


def _value_to_json(value: Value) -> dict[str, Any]:
    match value:
        case TaskRef():
            return {"task": value.task_id}
        case FileRef():
            return {"file": value.name}
        case _:
            return {"text": value}


def _value_from_json(kept: Mapping[str, Any]) -> Value:
    if "task" in kept:
        return TaskRef(kept["task"])
    return FileRef(kept["file"]) if "file" in kept else str(kept["text"])


# ---------------------------------------------------------------- results


def result_to_json(result: TaskResult) -> dict[str, Any]:
    """A result without its outputs, which are rows of their own. Texts of inputs stand with their source."""
    return {
        "task": _task_to_json(result.task),
        "status": result.status.value,
        "model_id": result.model_id,
        "inputs": {
            name: [
                {"text": value}
                if isinstance(value, str)
                else {"resource": {**resource_to_row(value), "text": None}}
                for value in values
            ]
            for name, values in result.inputs.items()
        },
        "message": result.message,
        "hint": result.hint,
        "load_s": result.load_s,
        "run_s": result.run_s,
        "peak_bytes": result.peak_bytes,
        "cached": result.cached,
        "attempts": result.attempts,
        "reason": result.reason,
        "candidates": list(result.candidates),
        "log": [line.to_json() for line in result.log],
    }


def result_from_json(kept: Mapping[str, Any], outputs: tuple[Resource, ...]) -> TaskResult:
    """The result with its outputs."""
    return TaskResult(
        task=_task_from_json(kept["task"]),
        status=TaskStatus(kept["status"]),
        model_id=kept["model_id"],
        inputs={
            name: tuple(
                value["text"] if "text" in value else resource_from_row(value["resource"]) for value in values
            )
            for name, values in kept["inputs"].items()
        },
        outputs=outputs,
        message=kept["message"],
        hint=kept["hint"],
        load_s=kept["load_s"],
        run_s=kept["run_s"],
        peak_bytes=kept["peak_bytes"],
        cached=kept["cached"],
        attempts=kept["attempts"],
        # What earlier versions wrote has none of these.
        reason=kept.get("reason", ""),
        candidates=tuple(kept.get("candidates", ())),
        log=tuple(
            LogLine(datetime.fromisoformat(line["at"]), line["what"], line["words"])
            for line in kept.get("log", ())
        ),
    )


# ---------------------------------------------------------------- resources


def resource_to_row(resource: Resource) -> dict[str, Any]:
    """The columns of an artefact."""
    return {
        "name": resource.name,
        "kind": resource.kind.value,
        "path": str(resource.path),
        "media_type": resource.media_type,
        "size_bytes": resource.size_bytes,
        "text": resource.text,
        "data": None if resource.data is None else dumps(resource.data),
        "provenance": None if resource.provenance is None else dumps(asdict(resource.provenance)),
        "note": resource.note,
    }


def resource_from_row(row: Mapping[str, Any]) -> Resource:
    """The resource of an artefact's row; what was kept by an earlier version has no note."""
    return Resource(
        name=row["name"],
        kind=Kind(row["kind"]),
        path=Path(row["path"]),
        media_type=row["media_type"],
        size_bytes=row["size_bytes"],
        text=row["text"],
        data=None if row["data"] is None else json.loads(row["data"]),
        provenance=None if row["provenance"] is None else Provenance(**json.loads(row["provenance"])),
        note=dict(row).get("note", ""),
    )
