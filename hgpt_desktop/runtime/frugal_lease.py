"""A lease on a model that is loaded in less memory where that runs out, outside of any task."""

from __future__ import annotations

import logging
from contextlib import ExitStack

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import OutOfMemory
from hgpt_desktop.core.interfaces import Emit
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.runtime.admission import NeverFits
from hgpt_desktop.runtime.ladder import Ladder, Rung, RungStore
from hgpt_desktop.runtime.memory import DeviceMemory

log = logging.getLogger(__name__)


def lease_in_less(
    memory: DeviceMemory, card: ModelCard, rungs: RungStore, emit: Emit, cancel: CancelToken
) -> ExitStack:
    """A lease that ends with the block, on the first rung of the ladder on which the model can be loaded.

    Raises: as `Memory.lease`, once no rung is left.
    """
    ladder = Ladder(card, memory.device_for(card), rungs)
    while True:
        held = ExitStack()
        refused: OutOfMemory | None = None
        try:
            held.enter_context(memory.lease(ladder.card, emit, lambda progress, message: None, cancel))
        except OutOfMemory as error:
            refused = error
        if refused is None:
            ladder.worked()
            return held
        if not ladder.step_down(never_fits=isinstance(refused, NeverFits)):
            raise refused
        if ladder.rung is Rung.IDLE_FREED:
            memory.free_idle(memory.device_for(card), emit)
        log.warning("%s: %s Trying %s.", card.name, refused.message, ladder.rung.value)
