"""One window for one user's data: a second start hands its files to the first one and ends."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

_CONNECT_MS = 300
_ANSWER_MS = 3000
_MOST_BYTES = 1 << 20


def _name(data_folder: Path) -> str:
    """A name of this user and this data folder; a path would be too long for some systems."""
    return "hgpt-desktop-" + hashlib.sha256(str(data_folder.resolve()).encode()).hexdigest()[:16]


def hand_over(data_folder: Path, files: Sequence[Path]) -> bool:
    """Give the files to the window that is open already; False where there is none."""
    socket = QLocalSocket()
    socket.connectToServer(_name(data_folder))
    if not socket.waitForConnected(_CONNECT_MS):
        return False
    socket.write(json.dumps([str(path) for path in files]).encode() + b"\n")
    socket.waitForBytesWritten(_ANSWER_MS)
    taken = socket.waitForReadyRead(_ANSWER_MS)  # the other one says that it has them
    socket.disconnectFromServer()
    return taken


class OnlyInstance(QObject):
    """Listens for later starts. Threads: the GUI thread."""

    files_arrived = Signal(object)  # list of Path, perhaps empty

    def __init__(self, data_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        name = _name(data_folder)
        if not self._server.listen(name):
            QLocalServer.removeServer(name)  # left over from a program that crashed
            if not self._server.listen(name):
                log.warning("A second start will open a second window: %s", self._server.errorString())

    def _on_connection(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is not None:
            socket.readyRead.connect(lambda: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _MOST_BYTES:
                socket.abort()
            return
        try:
            names = json.loads(bytes(socket.readLine().data()))
            files = [Path(str(name)) for name in names]
        except (ValueError, TypeError) as error:
            log.warning("Another program said something that is no list of files: %s", error)
            socket.abort()
            return
        socket.write(b"taken\n")
        self.files_arrived.emit(files)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()
