"""How loud and how fast recordings and films are played, for all players and from start to start."""

from __future__ import annotations

from PySide6.QtCore import QSettings

LOUDEST = 100


class Habits:
    """What the user chose last in a player; the next one begins with it.

    Threads: the GUI thread.
    """

    def __init__(self) -> None:
        self._kept: QSettings | None = None
        self._volume, self._speed = LOUDEST, 1.0

    def keep_in(self, kept: QSettings | None) -> None:
        """Take what was kept there, and keep there what is chosen from now on; None forgets all of it."""
        self._kept = kept
        self._volume = min(max(round(self._number("volume", LOUDEST)), 0), LOUDEST)
        self._speed = self._number("speed", 1.0)

    def _number(self, name: str, default: float) -> float:
        try:
            return float(str(self._kept.value(f"players/{name}", default))) if self._kept else default
        except ValueError:  # somebody wrote into the file
            return default

    @property
    def volume(self) -> int:
        """0 to `LOUDEST`."""
        return self._volume

    @volume.setter
    def volume(self, volume: int) -> None:
        self._volume = volume
        if self._kept is not None:
            self._kept.setValue("players/volume", volume)

    @property
    def speed(self) -> float:
        """1 is the speed at which it was recorded."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed = speed
        if self._kept is not None:
            self._kept.setValue("players/speed", speed)


habits = Habits()
"""Those of the one user of the program; the window says where they are kept."""
