"""The line at the foot of the window: what is happening, with which LLM, where, in how much memory."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout

from hgpt_desktop.bridge.views import StatusView
from hgpt_desktop.ui.basics import ElidedLabel, IconLabel, label
from hgpt_desktop.ui.formats import size_text


class StatusLine(QFrame):
    """Shows; it asks nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusLine")
        self.setFixedHeight(30)
        self._activity = ElidedLabel(self.tr("Starting…"), "muted", 0.88)
        self._activity.setAccessibleName(self.tr("What is happening"))
        self._llm = ElidedLabel("", "muted", 0.88)
        self._device = label("", "muted", 0.88)
        self._memory = label("", "muted", 0.88)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(8)
        row.addWidget(self._activity, 1)
        self._chip = IconLabel("chip", side=15)
        self._chip.hide()
        row.addWidget(self._chip)
        row.addWidget(self._llm)
        row.addSpacing(8)
        row.addWidget(self._device)
        row.addSpacing(8)
        row.addWidget(self._memory)

    @property
    def activity(self) -> str:
        """What the line says is happening."""
        return self._activity.text()

    def show_activity(self, sentence: str) -> None:
        """Say what is happening."""
        self._activity.setText(sentence)

    def show_status(self, status: StatusView) -> None:
        """The LLM, the device and the memory that the models hold."""
        self._chip.show()
        self._llm.setText(status.llm or self.tr("No language model"))
        self._device.setText(
            self.tr("CPU") if status.device == "cpu" else self.tr("GPU {device}").format(device=status.device)
        )
        self._memory.setText(
            self.tr("Models in memory: {used} of {all}").format(
                used=size_text(status.used_bytes), all=size_text(status.capacity_bytes)
            )
        )
        self._memory.setToolTip(
            "\n".join(f"{one.name}: {size_text(one.bytes)}" for one in status.resident)
            or self.tr("No model is loaded.")
        )
