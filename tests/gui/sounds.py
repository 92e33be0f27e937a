"""A microphone for machines that have none."""

from __future__ import annotations

from array import array

from PySide6.QtCore import QByteArray, QIODevice, QObject


class Source(QIODevice):
    """A microphone that gives what it is told to give."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.open(QIODevice.OpenModeFlag.ReadOnly)
        self._waiting = b""

    def give(self, samples: list[int]) -> None:
        self._waiting += array("h", samples).tobytes()
        self.readyRead.emit()

    def bytesAvailable(self) -> int:
        return len(self._waiting) + super().bytesAvailable()

    def readData(self, most: int) -> object:
        given, self._waiting = self._waiting[:most], self._waiting[most:]
        return QByteArray(given).data()

    def isSequential(self) -> bool:
        return True
