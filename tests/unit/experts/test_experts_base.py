"""What experts write, and how they fail."""

from __future__ import annotations

import errno
import json
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hgpt_desktop.core.errors import (
    Cancelled,
    DiskFull,
    EnvironmentFault,
    InvalidInput,
    ModelDamaged,
    ModelMissing,
    OutOfMemory,
)
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.experts import base


def a_call(out_dir: Path, **inputs: tuple[Resource | str, ...]) -> ExpertCall:
    return ExpertCall("some-task", inputs, out_dir, "3-some-task")


def a_card(folder: Path | None) -> ModelCard:
    return ModelCard("m", "The Model", (), "", "timm", (), "MIT", folder=folder)


def frames_of(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    with wave.open(str(path)) as wav:
        assert wav.getsampwidth() == 2
        return np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2").reshape(-1, wav.getnchannels())


def test_text_is_written_exactly(tmp_path: Path) -> None:
    made = base.write_text(a_call(tmp_path), "Grüße\r\nund 你好\n", [{"score": 0.5}])
    assert made.path == tmp_path / "3-some-task.txt"
    assert made.path.read_bytes().decode() == made.text == "Grüße\r\nund 你好\n"
    assert (made.kind, made.media_type, made.data) == (Kind.TEXT, "text/plain", [{"score": 0.5}])
    assert made.size_bytes == made.path.stat().st_size
    assert [path.name for path in tmp_path.iterdir()] == ["3-some-task.txt"]


def test_parts_do_not_overwrite_one_another(tmp_path: Path) -> None:
    call = a_call(tmp_path)
    base.write_text(call, "one", part="left")
    base.write_text(call, "two", part="right")
    assert (tmp_path / "3-some-task-left.txt").read_text() == "one"
    assert (tmp_path / "3-some-task-right.txt").read_text() == "two"


def test_json_is_a_table_and_refuses_what_json_cannot_hold(tmp_path: Path) -> None:
    made = base.write_json(a_call(tmp_path), {"vectors": [[0.5]]}, data={"dimensions": 1})
    assert json.loads(made.path.read_text()) == {"vectors": [[0.5]]}
    assert (made.kind, made.media_type) == (Kind.TABLE, "application/json")
    with pytest.raises(ValueError, match="JSON"):
        base.write_json(a_call(tmp_path), [float("nan")], part="bad")
    assert [path.name for path in tmp_path.iterdir()] == ["3-some-task.json"]


def test_image_is_a_png(tmp_path: Path) -> None:
    made = base.write_image(a_call(tmp_path), Image.new("RGB", (7, 5), "red"))
    with Image.open(made.path) as again:
        assert (again.format, again.size, again.getpixel((0, 0))) == ("PNG", (7, 5), (255, 0, 0))
    assert (made.kind, made.media_type) == (Kind.IMAGE, "image/png")


def test_audio_is_clipped_and_never_nan(tmp_path: Path) -> None:
    samples = np.array([0.0, 1.0, -1.0, 3.0, np.nan, np.inf], dtype=np.float32)
    made = base.write_audio(a_call(tmp_path), samples, 22_050)
    assert frames_of(made.path)[:, 0].tolist() == [0, 32767, -32767, 32767, 0, 32767]
    assert (made.kind, made.media_type) == (Kind.AUDIO, "audio/wav")


def test_audio_of_two_channels_in_whole_numbers(tmp_path: Path) -> None:
    samples = np.array([[1, -2], [3, -4]], dtype=np.int16)
    assert frames_of(base.write_audio(a_call(tmp_path), samples, 8000).path).tolist() == samples.tolist()


def test_audio_grows_piece_by_piece(tmp_path: Path) -> None:
    with base.wav_writer(a_call(tmp_path), 1000) as wav:
        wav.write(np.zeros(500, dtype=np.float32))
        wav.write(np.zeros(250, dtype=np.int16))
        assert wav.seconds == 0.75
    assert len(frames_of(wav.resource().path)) == 750


def test_stopped_audio_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop_on_the_way() -> None:
        with base.wav_writer(a_call(tmp_path), 1000) as wav:
            wav.write(np.zeros(500, dtype=np.float32))
            base.stop_if(lambda: True)

    with pytest.raises(Cancelled):
        stop_on_the_way()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [(errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EACCES, EnvironmentFault)],
)
def test_a_disk_that_refuses(tmp_path: Path, code: int, expected: type[EnvironmentFault]) -> None:
    def write() -> None:
        with base.output_file(a_call(tmp_path), "txt") as (draft, _):
            draft.write_text("half")
            raise OSError(code, "refused")

    with pytest.raises(expected) as caught:
        write()
    assert type(caught.value) is expected
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        base.write_text(a_call(tmp_path / "gone"), "text")


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (KeyError("layers"), ModelDamaged),
        (OSError("bad file"), ModelDamaged),
        (ImportError("no module"), EnvironmentFault),
        (MemoryError(), OutOfMemory),
        (RuntimeError("CUDA failed with error out of memory"), OutOfMemory),
        (ModelMissing("gone"), ModelMissing),
        (Cancelled(), Cancelled),
    ],
)
def test_what_libraries_raise_while_loading(raised: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught, base.loading(a_card(None)):
        raise raised
    assert type(caught.value) is expected


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="The Model is not installed"):
        base.model_folder(a_card(tmp_path / "gone"))
    with pytest.raises(ModelMissing):
        base.model_folder(a_card(None))
    with pytest.raises(ModelDamaged) as caught:
        base.model_file(a_card(tmp_path), "weights.bin")
    assert "hgpt models repair m" in caught.value.hint


def test_required_inputs(tmp_path: Path) -> None:
    picture = Resource("a.png", Kind.IMAGE, tmp_path / "a.png", "image/png", 1)
    call = a_call(tmp_path, image=(picture,), text=("  words ",), empty=(" \n",))
    assert base.required_path(call, "image") == picture.path
    assert base.required_text(call, "text") == "words"
    for absent in ("text", "nothing"):
        with pytest.raises(InvalidInput):
            base.required_path(call, absent)
    for absent in ("empty", "nothing"):
        with pytest.raises(InvalidInput):
            base.required_text(call, absent)
