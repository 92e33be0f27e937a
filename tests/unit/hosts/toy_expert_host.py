"""An expert host without experts, for the client's tests."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence

from hgpt_desktop.core.errors import HostDied, InvalidInput
from hgpt_desktop.core.interfaces import ExpertOutcome, Loaded
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.hosts.expert_host import lane_of
from hgpt_desktop.hosts.protocol import Failure, LoadModel, RunExpert, RunTogether
from hgpt_desktop.hosts.serving import Calling, Handler, Serving, begin

_held: set[str] = set()
_meeting = threading.Barrier(2)


def load(wanted: LoadModel, calling: Calling) -> Loaded:
    calling.progress(None, "loading")
    if wanted.card.id == "slow":
        calling.stopped.wait()
        calling.raise_if_stopped()
    _held.add(wanted.card.id)
    return Loaded(wanted.card.id, wanted.device, 1000, 0.5)


def run(wanted: RunExpert, _: Calling) -> ExpertOutcome:
    if wanted.card.id not in _held:
        raise HostDied("not here")
    text = wanted.call.text("text")
    if text == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if text == "meet":
        _meeting.wait()
        text = "met"
    resource = Resource("a", Kind.TEXT, wanted.call.out_dir / "a", "text/plain", 1, text=text)
    return ExpertOutcome((resource,), 0.1)


def run_together(wanted: RunTogether, calling: Calling) -> tuple[ExpertOutcome | Failure, ...]:
    refused = InvalidInput("That is nothing to work on.", "Take something else.")
    return tuple(
        run(RunExpert(wanted.card, call), calling) if call.text("text") else Failure.of(0, refused, "")
        for call in wanted.calls
    )


def unload(model_id: str, _: Calling) -> None:
    _held.discard(model_id)


def main(arguments: Sequence[str]) -> None:
    pipe = begin(int(arguments[0]))
    verbs: dict[str, Handler] = {"load": load, "run": run, "run_together": run_together, "unload": unload}
    Serving(pipe, verbs, lane_of, "Please report it.").run_for_ever()
