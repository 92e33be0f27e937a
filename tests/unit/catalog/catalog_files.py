"""Catalogues, models, wheels and a file server made for tests."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from hgpt_desktop.catalog.catalogue import CatalogueIndex
from hgpt_desktop.catalog.downloading import Downloader
from hgpt_desktop.catalog.progress import InstallProgress
from hgpt_desktop.catalog.store import ModelStore
from hgpt_desktop.core.models import ModelCard

REVISION = "0123456789abcdef0123456789abcdef01234567"
PLENTY_BYTES = 1 << 50


def sha256(content: bytes) -> str:
    """The hash as the catalogue writes it."""
    return hashlib.sha256(content).hexdigest()


def content_of(size_bytes: int, seed: int = 0) -> bytes:
    """Bytes that repeat nowhere soon."""
    blocks = (hashlib.sha256(f"{seed}:{number}".encode()).digest() for number in range(size_bytes // 32 + 1))
    return b"".join(blocks)[:size_bytes]


def file_entry(path: str, content: bytes | None, *sources: str | list[str]) -> dict[str, Any]:
    """A file of an entry; without content neither size nor hash are known."""
    entry: dict[str, Any] = {"path": path, "sources": list(sources)}
    if content is not None:
        entry |= {"size_bytes": len(content), "sha256": sha256(content)}
    return entry


def model_entry(model_id: str = "toy", *files: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An entry of models.yaml."""
    return {
        "id": model_id,
        "name": f"The model {model_id}",
        "tasks": ["image-classification"],
        "description": "Meant for tests.",
        "loader": "toy",
        "licence": "MIT",
        "memory_bytes": 1000,
        "files": list(files),
        **fields,
    }


@dataclass
class Shelf:
    """A catalogue with its store in a folder of its own."""

    folder: Path
    capacity_bytes: int = 1 << 40
    loadable: bool = True
    free_bytes: int = PLENTY_BYTES
    network: bool = True
    hub: str = "http://127.0.0.1:1"
    progress: list[InstallProgress] = field(default_factory=list)

    @property
    def models_yaml(self) -> Path:
        return self.folder / "models.yaml"

    @property
    def db_path(self) -> Path:
        return self.folder / "cache" / "catalogue.db"

    @property
    def models(self) -> Path:
        return self.folder / "models"

    @property
    def cache(self) -> Path:
        return self.folder / "cache" / "downloads"

    def write(self, *entries: dict[str, Any]) -> None:
        """Put these entries into models.yaml."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.models_yaml.write_text(yaml.safe_dump({"schema": 1, "models": list(entries)}), encoding="utf-8")

    def index(self, *, has_gpu: bool = True) -> CatalogueIndex:
        return CatalogueIndex(
            self.models_yaml,
            self.db_path,
            self.models,
            lambda card: self.loadable,
            lambda: self.capacity_bytes,
            has_gpu=has_gpu,
        )

    def store(self, index: CatalogueIndex | None = None) -> ModelStore:
        return ModelStore(
            index or self.index(),
            self.models,
            self.cache,
            self.network,
            downloader=Downloader(self.hub, retry_after_s=(0.0, 0.0)),
            disk_free=lambda path: self.free_bytes,
        )

    def card(self, model_id: str = "toy") -> ModelCard:
        return self.index().card(model_id)

    def read(self, path: str) -> bytes:
        return (self.models / path).read_bytes()


def make_wheel(folder: Path, package: str, version: str, members: dict[str, bytes]) -> Path:
    """A wheel that pip takes: the members and the metadata."""
    name = package.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    everything = {
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()},"
        f"{len(content)}"
        for path, content in everything.items()
    ]
    everything[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in everything.items():
            archive.writestr(path, content)
    return wheel


@dataclass
class Served:
    """A file server's content and manners, and what it was asked for."""

    files: dict[str, bytes]
    ranges: bool = True
    etag: str | None = None
    cut_after: list[int] = field(default_factory=list)  # bytes sent before the connection ends, per reply
    statuses: list[int] = field(default_factory=list)  # refusals before the first answer
    hold_after: int | None = None  # bytes sent before the server falls silent; pages of an index excepted
    agent: str = ""  # what the name of a program begins with that may have files
    authorization: str | None = None  # the header without which nothing is given
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def ranges_asked(self) -> list[str | None]:
        """The Range of each GET of a file."""
        return [asked for method, path, asked in self.asked if method == "GET" and not path.endswith("/")]


@contextmanager
def serving(files: dict[str, bytes], **manners: Any) -> Iterator[Served]:
    """A file server on this machine's loopback; paths as the hub has them."""
    served = Served({f"/{path}": content for path, content in files.items()}, **manners)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            return None

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, with_body: bool) -> None:
            asked = self.headers.get("Range")
            served.asked.append((self.command, self.path, asked))
            content = served.files.get(self.path)
            status = served.statuses.pop(0) if with_body and served.statuses else 200
            page = self.path.endswith("/")
            if not page and not self.headers.get("User-Agent", "").startswith(served.agent):
                status = 403
            if served.authorization not in (None, self.headers.get("Authorization")):
                status = 401
            if content is None or status != 200:
                self.send_response(status if content is not None else 404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            start = 0
            if asked and served.ranges:
                found = re.fullmatch(r"bytes=(\d+)-", asked)
                assert found is not None
                start = int(found[1])
                if start >= len(content):
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{len(content)}")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            else:
                self.send_response(200)
            if served.etag:
                self.send_header("ETag", served.etag)
            if page:
                self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            if with_body:
                self._send(content[start:], page)

        def _send(self, body: bytes, page: bool) -> None:
            if page:
                self.wfile.write(body)
                return
            if served.hold_after is not None:
                self.wfile.write(body[: served.hold_after])
                self.wfile.flush()
                served.release.wait(20)
                self.close_connection = True
                return
            if served.cut_after:
                body = body[: served.cut_after.pop(0)]
                self.close_connection = True
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        served.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def index_files(*wheels: Path, hashed: bool = True) -> dict[str, bytes]:
    """These wheels where a package index has them, each with its project's page."""
    files = {}
    for wheel in wheels:
        content = wheel.read_bytes()
        project = wheel.name.split("-")[0].replace("_", "-")
        mark = f"#sha256={sha256(content)}" if hashed else ""
        files[f"files/{wheel.name}"] = content
        files[f"simple/{project}/"] = (
            f'<!DOCTYPE html><html><body><a href="/files/{wheel.name}{mark}">{wheel.name}</a></body></html>'
        ).encode()
    return files


def hub_files(files: dict[str, bytes], repo: str = "org/repo", revision: str = REVISION) -> dict[str, bytes]:
    """These files where the hub has them."""
    return {f"{repo}/resolve/{revision}/{path}": content for path, content in files.items()}


def hub_source(path: str, repo: str = "org/repo", revision: str = REVISION) -> str:
    """The source of a hub's file."""
    return f"hub:{repo}@{revision}/{path}"


def gguf_header(entries: Sequence[tuple[str, int, bytes]], version: int = 3) -> bytes:
    """A GGUF header: (key, kind of value, value as it is written)."""
    head = (
        b"GGUF"
        + version.to_bytes(4, "little")
        + (0).to_bytes(8, "little")
        + len(entries).to_bytes(8, "little")
    )
    return head + b"".join(
        gguf_text(key) + kind.to_bytes(4, "little") + value for key, kind, value in entries
    )


def gguf_text(text: str) -> bytes:
    """A text as GGUF writes it."""
    return len(text.encode()).to_bytes(8, "little") + text.encode()
