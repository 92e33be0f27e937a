"""Which network connections this program has open, with its hosts."""

from __future__ import annotations


def open_connections() -> tuple[str, ...]:
    """`address:port` of the other end of each; nothing but during a download."""
    import psutil  # not needed before somebody looks

    this = psutil.Process()
    found: list[str] = []
    for process in (this, *this.children(recursive=True)):
        try:
            connections = process.net_connections(kind="inet")
        except psutil.Error:  # it has ended meanwhile
            continue
        found += [f"{one.raddr.ip}:{one.raddr.port}" for one in connections if one.raddr]
    return tuple(sorted(found))
