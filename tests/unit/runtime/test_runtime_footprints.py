"""What models cost: exact from headers, learned from runs, with reasons that people can act on."""

from __future__ import annotations

import json
import logging
import math
import sqlite3
import struct
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from runtime_fakes import MIB, card

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import Loaded
from hgpt_desktop.core.models import ModelCard, ModelFile
from hgpt_desktop.runtime.fitting import fit_model, fit_plan, least_running_bytes
from hgpt_desktop.runtime.footprints import Footprint
from hgpt_desktop.runtime.headers import key_value_bytes, onnx_weights, safetensors_weights
from hgpt_desktop.runtime.ladder import Rung, on_rung
from hgpt_desktop.runtime.learned_footprints import LearnedFootprints
from hgpt_desktop.runtime.measurements import Measurements, bucket_of


def write_safetensors(path: Path, **tensors: tuple[str, tuple[int, ...], int]) -> None:
    """A file with tensors of that type, shape and size in bytes."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    position = 0
    for name, (dtype, shape, size) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [position, position + size]}
        position += size
    encoded = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(encoded)) + encoded + bytes(position))


def field(number: int, content: bytes | int) -> bytes:
    """A field of a protobuf message."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def write_onnx(path: Path, *tensors: tuple[tuple[int, ...], int]) -> None:
    """A model with initializers of that shape and data type."""
    graph = b""
    for number, (shape, kind) in enumerate(tensors):
        packed = b"".join(varint(one) for one in shape)
        raw = bytes(math.prod(shape) * {1: 4, 7: 8, 10: 2}[kind])
        tensor = field(1, packed) + field(2, kind) + field(8, f"w{number}".encode()) + field(9, raw)
        graph += field(5, tensor)
    path.write_bytes(field(1, 8) + field(2, b"test") + field(7, graph + field(2, b"graph")))


def test_safetensors_are_counted_exactly(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    write_safetensors(path, a=("F16", (10, 20), 400), b=("F32", (5,), 20), c=("I64", (2,), 16))
    weights = safetensors_weights(path)
    assert weights.bytes == 436
    assert weights.loaded_bytes(None) == 436
    assert weights.loaded_bytes(4) == 800 + 20 + 16
    assert weights.loaded_bytes(2) == 400 + 10 + 16


def test_onnx_initializers_are_counted_exactly(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    write_onnx(path, ((30, 200), 1), ((7,), 7), ((3, 3), 10))
    weights = onnx_weights(path)
    assert weights.bytes == 24_000 + 56 + 18
    assert weights.loaded_bytes(2) == 12_000 + 56 + 18


@pytest.mark.parametrize("content", [b"", b"\x05", b"\xff" * 40, struct.pack("<Q", 1 << 60), b"\x0a\xff\x01"])
def test_broken_headers_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    for read in (safetensors_weights, onnx_weights):
        with pytest.raises(ValueError):
            read(path)


def test_a_file_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    write_safetensors(path, a=("F32", (100,), 400))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="too early"):
        safetensors_weights(path)


def test_the_key_value_cache_of_an_llm() -> None:
    """Qwen2.5 1.5B: 28 layers, 2 key/value heads of 128, half precision."""
    header = {
        "general.architecture": "qwen2", "qwen2.block_count": 28, "qwen2.embedding_length": 1536,
        "qwen2.attention.head_count": 12, "qwen2.attention.head_count_kv": 2, "qwen2.context_length": 32768,
    }  # fmt: skip
    assert key_value_bytes(header, 8192) == 28 * 8192 * 2 * (128 + 128) * 2
    assert key_value_bytes(header, 100_000) == key_value_bytes(header, 32768)
    assert key_value_bytes({"general.architecture": "mystery"}, 8192) == 0


# ---------------------------------------------------------------- measurements


def test_a_peak_is_the_95th_percentile_and_ten_percent(tmp_path: Path) -> None:
    book = Measurements(tmp_path / "m.db")
    for peak in range(1, 101):
        book.add_run("a", "cpu", "default", 1000, peak * 1000)
    assert book.peak_bytes("a", "cpu", "default") == int(95_000 * 1.1)
    assert book.peak_bytes("a", "cuda:0", "default") is None
    assert book.peak_bytes("a", "cpu", "bfloat16") is None
    book.close()


def test_peaks_are_kept_by_the_size_of_the_input() -> None:
    book = Measurements(None)
    book.add_run("a", "cpu", "", 1_000, 10)
    book.add_run("a", "cpu", "", 1_000_000, 1000)
    assert book.peak_bytes("a", "cpu", "", 900) == 11
    assert book.peak_bytes("a", "cpu", "", 900_000) == 1100
    assert book.peak_bytes("a", "cpu", "") == 1100
    assert book.peak_bytes("a", "cpu", "", 10**12) == 1100
    assert bucket_of(0) == 0
    book.close()


def test_measurements_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "m.db"
    book = Measurements(path)
    book.add_load("a", "cpu", "", 100, 3.0)
    book.add_load("a", "cpu", "", 90, 1.0)
    book.add_load("a", "cpu", "", 95, 2.0)
    book.keep_rung("a", "cuda:0", Rung.TILED)
    book.close()
    again = Measurements(path)
    seen = again.loads("a", "cpu", "")
    assert seen is not None
    assert (seen.resident_bytes, seen.load_s) == (100, 2.0)
    assert again.rung("a", "cuda:0") is Rung.TILED
    assert again.rung("b", "cuda:0") is Rung.AS_IT_IS
    again.close()


def test_old_measurements_go(tmp_path: Path) -> None:
    book = Measurements(tmp_path / "m.db")
    book.add_run("a", "cpu", "", 1, 10**9)
    for _ in range(200):
        book.add_run("a", "cpu", "", 1, 10)
    assert book.peak_bytes("a", "cpu", "") == 11
    book.close()


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to look like one" * 20, None])
def test_a_file_that_cannot_be_used_stops_nothing(
    tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "m.db"
    if content is None:
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version = 99")
        db.close()
    else:
        path.write_bytes(content)
    book = Measurements(path)
    with caplog.at_level(logging.WARNING):
        assert book.peak_bytes("a", "cpu", "") is None
    assert "cannot be kept" in caplog.text
    book.add_run("a", "cpu", "", 1, 10)
    assert book.peak_bytes("a", "cpu", "") == 11
    book.close()


# ---------------------------------------------------------------- footprints


def no_gguf(path: Path) -> tuple[dict[str, object], int]:
    raise InvalidInput("no GGUF file")


def installed(folder: Path, model_id: str = "reader", loader: str = "timm", mib: int = 0) -> ModelCard:
    """A model with 40 MiB of weights in single precision."""
    path = folder / "model.safetensors"
    if not path.exists():
        write_safetensors(path, a=("F32", (10, MIB), 40 * MIB))
    file = ModelFile("model.safetensors", path.stat().st_size, None, ())
    return replace(card(model_id, mib=mib, loader=loader), files=(file,), folder=folder)


def test_weights_come_from_the_header_and_the_peak_from_the_card(tmp_path: Path) -> None:
    source = LearnedFootprints(Measurements(None), no_gguf, 8192)
    cost = source.footprint(installed(tmp_path, mib=100), "cpu")
    assert (cost.weights_bytes, cost.peak_bytes) == (40 * MIB, 60 * MIB)


def test_the_precision_counts(tmp_path: Path) -> None:
    source = LearnedFootprints(Measurements(None), no_gguf, 8192)
    model = installed(tmp_path, loader="transformers-depth")
    assert source.footprint(model, "cpu").weights_bytes == 40 * MIB
    assert source.footprint(model, "cuda:0").weights_bytes == 20 * MIB
    halved = on_rung(model, Rung.HALVED)
    assert source.footprint(halved, "cpu").weights_bytes == 10 * MIB


def test_runs_and_loads_are_learned(tmp_path: Path) -> None:
    source = LearnedFootprints(Measurements(None), no_gguf, 8192)
    model = installed(tmp_path, mib=400)
    source.learn_run(model, "cpu", 10 * MIB, 500)
    source.learn_load(model, Loaded(model.id, "cpu", 45 * MIB, 0.8))
    assert source.footprint(model, "cpu") == Footprint(45 * MIB, 11 * MIB, 0.8)


def test_the_size_of_the_input_counts_where_it_was_seen(tmp_path: Path) -> None:
    source = LearnedFootprints(Measurements(None), no_gguf, 8192)
    model = installed(tmp_path, mib=400)
    source.learn_run(model, "cpu", 10 * MIB, 500)
    source.learn_run(model, "cpu", 100 * MIB, 50_000)
    assert source.footprint(model, "cpu", 600).peak_bytes == 11 * MIB
    assert source.footprint(model, "cpu", 50_000).peak_bytes == 110 * MIB
    assert source.footprint(model, "cpu", 2**40).peak_bytes == 110 * MIB  # never seen: the largest one
    assert source.footprint(model, "cpu").peak_bytes == 110 * MIB


def test_an_llm_comes_back_with_the_beginning_of_its_prompt(tmp_path: Path) -> None:
    source = LearnedFootprints(Measurements(None), no_gguf, 8192)
    model = installed(tmp_path, loader="llama.cpp")
    source.learn_load(model, Loaded(model.id, "cpu", 45 * MIB, 0.5))
    assert source.footprint(model, "cpu").load_s == 0.5
    source.learn_prefix(model.id, "cpu", 1.25)
    assert source.footprint(model, "cpu").load_s == 1.75
    source.learn_prefix(model.id, "cpu", 0.25)
    assert source.footprint(model, "cpu").load_s == 0.75


def test_the_cache_and_the_projector_of_an_llm_count(tmp_path: Path) -> None:
    """Weights, 2 layers x 512 tokens x 4 heads x 32 numbers of two bytes, and what looks at pictures."""
    told = {"general.architecture": "a", "a.block_count": 2, "a.embedding_length": 64}
    told |= {"a.attention.head_count": 4, "a.context_length": 4096}
    headers: dict[str, tuple[dict[str, object], int]] = {
        "llm.gguf": (told, 30 * MIB),
        "mmproj.gguf": ({"general.architecture": "clip", "clip.vision.block_count": 9}, 5 * MIB),
    }
    files = []
    for name in headers:
        (tmp_path / name).write_bytes(b"GGUF")
        files.append(ModelFile(name, 4, None, ()))
    model = replace(card("seer", loader="llama.cpp"), files=tuple(files), folder=tmp_path)
    source = LearnedFootprints(Measurements(None), lambda path: headers[path.name], 512)
    assert source.weights_bytes(model, "cpu") == 35 * MIB + 2 * 512 * 4 * 32 * 2


def test_a_book_of_the_first_version_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "measurements.db"
    book = Measurements(path)
    book.add_load("a", "cpu", "default AS_IT_IS", 1000, 0.5)
    book.close()
    with closing(sqlite3.connect(path)) as db:
        db.executescript("DROP TABLE prefixes; PRAGMA user_version = 1;")
    book = Measurements(path)
    book.keep_prefix("a", "cpu", 0.75)
    assert book.prefix_s("a", "cpu") == 0.75
    assert book.loads("a", "cpu", "default AS_IT_IS") is not None
    book.close()


def test_a_model_that_is_not_there_is_judged_by_its_files() -> None:
    source = LearnedFootprints(Measurements(None), no_gguf, 8192)
    file = ModelFile("model.safetensors", 50 * MIB, None, ())
    model = replace(card("far", mib=80), files=(file,), installed=False)
    assert source.footprint(model, "cpu").running_bytes == 80 * MIB
    assert source.footprint(card("bare", mib=70), "cpu").running_bytes == 70 * MIB


def test_a_header_that_cannot_be_read_counts_as_its_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "model.gguf").write_bytes(bytes(3 * MIB))
    file = ModelFile("model.gguf", None, None, ())
    model = replace(card("llm", mib=0), files=(file,), folder=tmp_path)
    with caplog.at_level(logging.WARNING):
        cost = LearnedFootprints(Measurements(None), no_gguf, 8192).footprint(model, "cpu")
    assert cost.weights_bytes == 3 * MIB
    assert "cannot be read" in caplog.text


def test_a_gguf_header_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(bytes(100))
    model = replace(card("llm", mib=0), files=(ModelFile("model.gguf", 100, None, ()),), folder=tmp_path)
    reads: list[Path] = []

    def read(path: Path) -> tuple[dict[str, object], int]:
        reads.append(path)
        return {}, 90

    book = Measurements(tmp_path / "m.db")
    for _ in range(2):  # as two starts of the program
        assert LearnedFootprints(book, read, 8192).footprint(model, "cpu").weights_bytes == 90
    assert len(reads) == 1
    book.close()


# ---------------------------------------------------------------- fitting


def test_a_fit_is_told_with_numbers(tmp_path: Path) -> None:
    source = LearnedFootprints(Measurements(None), no_gguf, 8192)
    model = installed(tmp_path, mib=100)
    fit = fit_model(model, "cpu", source, 200 * MIB)
    assert fit.fits
    assert "40 MiB for its weights and 60 MiB while it runs; models may take 200 MiB on cpu" in fit.reason
    tight = fit_model(model, "cpu", source, 99 * MIB)
    assert not tight.fits
    assert "allow 100 MiB (`memory_budget_bytes`" in tight.mend
    assert "Choose the device `cpu`" in fit_model(model, "cuda:0", source, 1).mend


def test_a_frugal_way_makes_it_fit(tmp_path: Path) -> None:
    source = LearnedFootprints(Measurements(None), no_gguf, 8192)
    model = installed(tmp_path, loader="diffusers-text-to-image", mib=100)
    fit = fit_model(model, "cuda:0", source, 70 * MIB)
    assert fit.fits
    assert fit.reason.endswith("It runs in tiles.")
    assert least_running_bytes(model, "cuda:0", source) < 70 * MIB


def test_a_plan_fits_together_or_in_turn(tmp_path: Path) -> None:
    source = LearnedFootprints(Measurements(None), no_gguf, 8192)
    models = [installed(tmp_path, name, mib=100) for name in ("one", "two", "one")]
    together = fit_plan(models, "cpu", source, 140 * MIB)
    assert together.fits
    assert "together take 140 MiB" in together.reason
    in_turn = fit_plan(models, "cpu", source, 120 * MIB)
    assert (in_turn.fits, in_turn.needed_bytes) == (True, 100 * MIB)
    assert "loaded in turn" in in_turn.reason
    assert not fit_plan(models, "cpu", source, 90 * MIB).fits
