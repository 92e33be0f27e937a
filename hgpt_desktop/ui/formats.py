"""Numbers as people read them."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from hgpt_desktop.bridge.sentences import said


def size_text(count_bytes: float) -> str:
    """`812 KB`, `98 MB`, `1.45 GB`; powers of ten, as disks and downloads are sold."""
    if count_bytes < 1e9:
        unit, value = (
            ("MB", count_bytes / 1e6) if count_bytes >= 1e6 else ("KB", math.ceil(count_bytes / 1e3))
        )
        return f"{round(value)} {unit}"
    unit, value = ("GB", count_bytes / 1e9) if count_bytes < 1e12 else ("TB", count_bytes / 1e12)
    digits = 2 if value < 9.995 else 1 if value < 99.95 and round(value, 1) % 1 else 0
    return f"{QLocale().toString(value, 'f', digits)} {unit}"


def speed_text(bytes_per_s: float) -> str:
    """`640 KB/s`, `5.2 MB/s`."""
    if bytes_per_s < 1e6:
        return f"{round(bytes_per_s / 1e3)} KB/s"
    return f"{QLocale().toString(bytes_per_s / 1e6, 'f', 1)} MB/s"


def duration_text(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`."""
    if seconds < 9.95:
        return _seconds_text(QLocale().toString(float(max(seconds, 0.0)), "f", 1))
    whole = round(seconds)
    if whole < 60:
        return _seconds_text(str(whole))
    if whole < 3600:
        return QCoreApplication.translate("formats", "{minutes} min {seconds} s").format(
            minutes=whole // 60, seconds=f"{whole % 60:02d}"
        )
    return _hours_text(whole // 3600, whole % 3600 // 60)


def _seconds_text(seconds: str) -> str:
    return QCoreApplication.translate("formats", "{seconds} s").format(seconds=seconds)


def _hours_text(hours: int, minutes: int) -> str:
    return QCoreApplication.translate("formats", "{hours} h {minutes} min").format(
        hours=hours, minutes=f"{minutes:02d}"
    )


def about_text(seconds: float) -> str:
    """A time that is only guessed, without digits that nobody knows: `40 s`, `4 min`, `1 h 10 min`."""
    if seconds < 95:
        return duration_text(seconds) if seconds < 9.95 else _seconds_text(f"{round(seconds / 10)}0")
    minutes = round(seconds / 60)
    if minutes < 60:
        return QCoreApplication.translate("formats", "{minutes} min").format(minutes=minutes)
    return _hours_text(minutes // 60, round(minutes % 60 / 10) * 10 % 60)


def language_text(code: str) -> str:
    """A language's name in the language of the window; the code itself where Qt does not know it.

    Args:
        code: as in the catalogue (`en`, `zh`); `multilingual` says that there are many.
    """
    if code == "multilingual":
        return QCoreApplication.translate("formats", "many languages")
    language = QLocale.codeToLanguage(code)
    if language == QLocale.Language.AnyLanguage:
        return code
    return said(QLocale.languageToString(language))


def clock_text(milliseconds: int) -> str:
    """A place in a recording: `0:07`, `12:30`, `1:02:03`."""
    whole = max(milliseconds, 0) // 1000
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def percent_text(fraction: float) -> str:
    """`87 %`; very small shares as `< 1 %`."""
    if 0 < fraction < 0.01:
        return "< 1 %"
    return f"{round(fraction * 100)} %"


def date_group(moment: datetime, today: date) -> str:
    """The heading under which a conversation stands: Today, Yesterday, This week, then month and year."""
    day = moment.date()
    if day >= today:
        return QCoreApplication.translate("formats", "Today")
    if day == today - timedelta(days=1):
        return QCoreApplication.translate("formats", "Yesterday")
    if day > today - timedelta(days=7):
        return QCoreApplication.translate("formats", "The last seven days")
    form = QCoreApplication.translate("formats", "MMMM yyyy", "month and year, in the form of QLocale")
    return QLocale().toString(QDate(day.year, day.month, day.day), form)


def factor_text(factor: float) -> str:
    """How many times: `0.75×`, `2×`."""
    return f"{QLocale().toString(factor, 'g', 3)}×"
