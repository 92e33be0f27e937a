"""Keeps a Python process off the network, by the interpreter's own audit events.

The tests put this folder on PYTHONPATH, so every Python child of a test loads the file at its start;
conftest.py runs it in the test process itself. HGPT_TESTS_LOOPBACK=1 opens this machine's loopback.
"""

import os
import sys

_LOCAL_NAMES = frozenset({"", "localhost", "ip6-localhost", "0.0.0.0", "::", "::1"})
_EVENTS = frozenset(
    f"socket.{name}" for name in ("bind", "connect", "getaddrinfo", "gethostbyname", "sendmsg", "sendto")
)

violations: list[str] = []


class NetworkUseError(RuntimeError):
    """A test reached for the network. Not an OSError, so that no retry swallows it."""


def _host(event: str, arguments: tuple[object, ...]) -> str | None:
    """The host that an event is about; None where it is not about one (a Unix socket, a pair)."""
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        address = arguments[1] if len(arguments) > 1 else None
        host = address[0] if isinstance(address, tuple) and address else None
    if isinstance(host, bytes):
        return host.decode("ascii", "replace")
    return host if isinstance(host, str) else None


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _EVENTS:
        return
    host = _host(event, arguments)
    if host is None:
        return
    local = host in _LOCAL_NAMES or host.startswith("127.")
    if local and (os.environ.get("HGPT_TESTS_LOOPBACK") == "1" or event.startswith("socket.get")):
        return
    use = f"{event} {host!r}"
    violations.append(use)
    why = "mark the test `network` to use loopback" if local else "the network is off in tests"
    raise NetworkUseError(f"{use}: {why}")


sys.addaudithook(_guard)
