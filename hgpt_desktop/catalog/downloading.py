"""Downloads over HTTP that go on where they ended, also after the process was killed.

Proxies and certificates are those that the address brings with it, or else those that `requests` finds in
the environment.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hgpt_desktop.catalog.drafts import CHUNK_BYTES, Draft
from hgpt_desktop.catalog.progress import Counter
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import DownloadFailed, ModelDamaged

if TYPE_CHECKING:
    import requests

HUB = "https://huggingface.co"
_TIMEOUT_S = (10.0, 60.0)  # to connect, between bytes
_RETRY_AFTER_S = (1.0, 2.0, 4.0, 8.0, 16.0)
_WHILE_UNREACHABLE = 2
_AGAIN = "What has arrived is kept: try again when the network is back."
_BY_HAND = "Choose another model, or fetch it by hand and take it in with `hgpt models import`."
_REFUSALS = {
    401: f"The hub gives it only to those who agreed to its terms. {_BY_HAND}",
    403: f"The server, or a proxy on the way, does not allow it. {_BY_HAND}",
    404: "It is no longer there; update the program, or choose another model.",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a file is, and how it is asked for.

    Args:
        url: messages show it only where there is no `name`, since it may be a signed one.
        name: what messages call the file.
        authorization: that header's value, kept to the URL's host.
        proxies: by scheme.
        certificates: a bundle's path; True for those that `requests` trusts by itself.
        client_certificate: a path, or those of certificate and key.
        environment: whether proxies, certificates and credentials of the environment count too.
    """

    url: str = field(repr=False)
    name: str = ""
    authorization: str | None = field(default=None, repr=False)
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    certificates: bool | str = True
    client_certificate: str | tuple[str, str] | None = None
    environment: bool = True

    @property
    def shown(self) -> str:
        """The file's name for people."""
        return self.name or self.url


class DownloadRefused(DownloadFailed):
    """There was an answer, and asking again would not change it."""


class _TransientFault(Exception):
    """It may work the next time."""


class _Unreachable(_TransientFault):
    """There was no answer at all."""


class Downloader:
    """Fetches files by URL.

    Args:
        hub: the model hub's address; by default HF_ENDPOINT, or the public hub.
        retry_after_s: the waits between attempts that bring nothing.

    Threads: any, one download each.
    """

    def __init__(self, hub: str | None = None, retry_after_s: Sequence[float] = _RETRY_AFTER_S) -> None:
        self.hub = (hub or os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")
        self._retry_after_s = tuple(retry_after_s)

    def download(
        self,
        address: Address,
        draft: Draft,
        size_bytes: int | None,
        meter: Counter,
        cancel: CancelToken,
        *,
        immutable: bool,
    ) -> None:
        """Complete an open draft from an address.

        Args:
            size_bytes: what the catalogue says; None where it does not know.
            immutable: whether the address gives the same bytes for ever. Otherwise the server's version of
                the file must still be the one that the draft began with, or it begins anew.

        Raises:
            DownloadRefused: the server, or a proxy, does not give it.
            DownloadFailed: the server cannot be reached after several attempts.
            ModelDamaged: the server's file has another size.
            Cancelled, DiskFull.
        """
        fruitless, at_first = 0, draft.length
        while True:
            before = draft.length
            try:
                self._stream(address, draft, size_bytes, meter, cancel, immutable)
            except _TransientFault as fault:
                cancel.raise_if_cancelled()
                fruitless = 1 if draft.length > before else fruitless + 1
                attempts = len(self._retry_after_s)
                if isinstance(fault, _Unreachable) and draft.length == at_first:
                    attempts = min(attempts, _WHILE_UNREACHABLE)  # probably there is no network
                if fruitless > attempts:
                    raise DownloadFailed(
                        f"{address.shown} could not be fetched.", _AGAIN, str(fault)
                    ) from fault
                _wait(self._retry_after_s[fruitless - 1], cancel)
            else:
                return

    def size_of(self, address: Address, cancel: CancelToken) -> int | None:
        """The size of a file in bytes; None where the server does not say. Raises `Cancelled`."""
        try:
            response = self._ask("HEAD", address, {}, cancel)
        except _TransientFault:
            return None
        with response:
            if not response.ok:
                return None
            for reply in (*response.history, response):
                if (linked := reply.headers.get("X-Linked-Size", "")).isdigit():
                    return int(linked)
            length = response.headers.get("Content-Length", "")
            return int(length) if length.isdigit() else None

    def _stream(
        self,
        address: Address,
        draft: Draft,
        size_bytes: int | None,
        meter: Counter,
        cancel: CancelToken,
        immutable: bool,
    ) -> None:
        """One request, to its end."""
        if size_bytes is not None and draft.length == size_bytes:
            return
        headers = {"Range": f"bytes={draft.length}-"} if draft.length else {}
        with self._ask("GET", address, headers, cancel) as response:
            total = self._begin(address, response, draft, meter, immutable)
            if total is None:
                return
            if size_bytes is not None and total >= 0 and total != size_bytes:
                raise ModelDamaged(
                    f"{address.shown} has another size than the catalogue says.",
                    "The source does not have the right file; it was not fetched.",
                    f"{total} instead of {size_bytes} bytes",
                )
            self._copy(response, draft, meter, cancel)
            if draft.length < total:
                raise _TransientFault(f"the connection ended after {draft.length} of {total} bytes")

    def _begin(
        self, address: Address, response: requests.Response, draft: Draft, meter: Counter, immutable: bool
    ) -> int | None:
        """The whole file's size (-1: unknown) by the reply's head; None where nothing is missing."""
        status = response.status_code
        content_range = re.fullmatch(
            r"bytes (?:(\d+)-\d+|\*)/(\d+)", response.headers.get("Content-Range", "")
        )
        if status == 416 and content_range and int(content_range[2]) == draft.length:
            return None
        tag = None if immutable else _version(response)
        same_file = immutable or (tag is not None and tag == draft.tag())
        if status == 206 and content_range and content_range[1] == str(draft.length) and same_file:
            return int(content_range[2])
        if status in (206, 416):  # not what was asked for, or another version of the file
            _begin_anew(draft, meter)
            raise _TransientFault(f"the server could not go on where the download ended (status {status})")
        if status == 200:
            if draft.length:
                _begin_anew(draft, meter)
            draft.set_tag(tag)
            length = response.headers.get("Content-Length", "")
            return int(length) if length.isdigit() else -1
        if status in (408, 425, 429) or status >= 500:
            raise _TransientFault(f"the server answered {status} {response.reason}")
        hint = _REFUSALS.get(status, _AGAIN)
        raise DownloadRefused(
            f"{address.shown} could not be fetched.", hint, f"status {status} {response.reason}"
        )

    def _copy(self, response: requests.Response, draft: Draft, meter: Counter, cancel: CancelToken) -> None:
        import requests
        import urllib3

        def stop() -> None:
            # Wakes the thread that waits for bytes; the connection may be at its end already.
            with suppress(OSError, ValueError, RuntimeError):
                response.raw.shutdown()

        try:
            with cancel.on_cancel(stop):
                # read1 gives what is there; the other ways lose what came before a connection broke.
                while chunk := response.raw.read1(CHUNK_BYTES):
                    cancel.raise_if_cancelled()
                    draft.write(chunk)
                    meter.add(len(chunk))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            cancel.raise_if_cancelled()
            raise _TransientFault(without_secrets(str(error))) from error
        cancel.raise_if_cancelled()

    def _ask(
        self, method: str, address: Address, headers: dict[str, str], cancel: CancelToken
    ) -> requests.Response:
        """The reply's head; does not wait for a silent server once cancelled."""
        import requests

        asked = _Asked()

        def ask() -> None:
            try:
                # Ranges and lengths are those of the file itself only where nothing is compressed on the way.
                with _session(address) as session:
                    response = session.request(
                        method,
                        address.url,
                        headers={"Accept-Encoding": "identity", **headers},
                        timeout=_TIMEOUT_S,
                        stream=True,
                        allow_redirects=True,
                    )
            except requests.RequestException as error:
                asked.give(error)
            else:
                asked.give(response)

        thread = threading.Thread(target=ask, name="hgpt-download", daemon=True)
        with cancel.on_cancel(asked.abandon):
            thread.start()
            reply = asked.wait()
        cancel.raise_if_cancelled()
        if isinstance(reply, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
            raise DownloadRefused(
                f"{address.shown} has no valid address.",
                "Check HF_ENDPOINT and the proxy settings.",
                without_secrets(str(reply)),
            )
        if not isinstance(reply, requests.Response):
            raise _Unreachable(without_secrets(str(reply)))
        if address.url.startswith("https:") and not reply.url.startswith("https:"):
            reply.close()
            raise DownloadRefused(
                f"{address.shown} leads to an unsafe address.",
                "It was not followed.",
                without_secrets(reply.url),
            )
        return reply


class _Asked:
    """A reply that a thread waits for while another one asks; whoever comes too late closes it."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._abandoned = False
        self._reply: requests.Response | Exception | None = None

    def give(self, reply: requests.Response | Exception) -> None:
        with self._lock:
            if self._abandoned:
                if not isinstance(reply, Exception):
                    reply.close()
            else:
                self._reply = reply
        self._done.set()

    def abandon(self) -> None:
        with self._lock:
            self._abandoned = True
            if self._reply is not None and not isinstance(self._reply, Exception):
                self._reply.close()
        self._done.set()

    def wait(self) -> requests.Response | Exception | None:
        self._done.wait()
        return self._reply


def without_secrets(text: str) -> str:
    """The text without user names and passwords of its addresses, and without what follows their `?`."""
    return re.sub(r"\?[^\s'\")>]+", "?…", re.sub(r"//[^/\s'\"]*@", "//", text))


def _session(address: Address) -> requests.Session:
    """What asks as the address wants it."""
    import requests

    session = requests.Session()
    session.trust_env = address.environment
    session.proxies.update(address.proxies)
    session.verify = address.certificates
    session.cert = address.client_certificate
    if (authorization := address.authorization) is not None:

        def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = authorization
            return request

        session.auth = authorize
    return session


def _begin_anew(draft: Draft, meter: Counter) -> None:
    meter.rewind()
    draft.restart()


def _version(response: requests.Response) -> str | None:
    """What the server calls this version of the file."""
    for reply in (*response.history, response):
        if tag := reply.headers.get("X-Linked-Etag"):
            return tag
    return response.headers.get("ETag")


def _wait(seconds: float, cancel: CancelToken) -> None:
    woken = threading.Event()
    with cancel.on_cancel(woken.set):
        woken.wait(seconds)
    cancel.raise_if_cancelled()
