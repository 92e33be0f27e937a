"""The families that hear, on tiny checkpoints and a tiny network of ONNX."""

from __future__ import annotations

import wave
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from expert_trials import StopAfter, call_for, card_for, run
from tiny_checkpoints import library
from tiny_diffusion import ace_step
from tiny_sound import (
    audioldm2,
    clap,
    halving_network,
    hubert,
    loudness_network,
    musicgen,
    parting_networks,
    recording,
    samples_of,
    speecht5,
)  # fmt: skip

from hgpt_desktop.core.errors import Cancelled, ExecutionFailed, InvalidInput, ModelDamaged
from hgpt_desktop.experts.registry import load_expert


@pytest.fixture(scope="module", autouse=True)
def _imported_ahead() -> None:
    """What diffusers imports binds a socket when it is imported, to see whether there is IPv6."""
    library("requests")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny checkpoints of this file stand."""
    return tmp_path_factory.mktemp("sound-models")


def heard(path: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    with wave.open(str(path)) as wav:
        return np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2") / 32767


# ---------------------------------------------------------------- labels


def test_a_recording_is_heard_window_by_window(models: Path, tmp_path: Path) -> None:
    expert = load_expert(
        card_for("transformers-audio-classification", hubert(models / "hubert"), window_s=2), "cpu"
    )
    path = recording(tmp_path / "tone.wav", 5.1, 44100)
    made = run(expert, call_for("audio-classification", tmp_path / "out", audio=path))
    assert made.data["seconds"] == pytest.approx(5.1, abs=0.05)
    segments = made.data["segments"]
    assert [segment["start_s"] for segment in segments] == [0, 2, 4]
    assert segments[-1]["end_s"] == made.data["seconds"]
    assert {entry["label"] for entry in made.data["labels"]} == {"music", "speech", "rain"}
    assert sum(entry["score"] for entry in made.data["labels"]) == pytest.approx(1, abs=0.001)
    assert len(made.progress) == 3


def test_a_very_short_recording_is_no_trouble(models: Path, tmp_path: Path) -> None:
    expert = load_expert(card_for("transformers-audio-classification", hubert(models / "hubert-2")), "cpu")
    path = recording(tmp_path / "click.wav", 0.02)
    assert run(expert, call_for("audio-classification", tmp_path / "out", audio=path)).text
    (tmp_path / "empty.wav").write_bytes(b"")
    with pytest.raises(InvalidInput, match="empty"):
        run(expert, call_for("audio-classification", tmp_path / "b", audio=tmp_path / "empty.wav"))


def _listeners(models: Path) -> list[tuple[str, Path | None, str, dict[str, Any], dict[str, str]]]:
    """Each family that hears: its small model, its task, options of the card and words of the call."""
    denoiser = halving_network(models / "listening" / "model.onnx")
    return [
        ("transformers-audio-classification", hubert(models / "l-hubert"), "audio-classification", {}, {}),
        ("transformers-zero-shot-audio", clap(models / "l-clap"), "zero-shot-audio-classification", {},
         {"labels": "rain, applause"}),
        ("transformers-audio-to-audio", speecht5(models / "l-speecht5"), "audio-to-audio",
         {"most_length": 1.0}, {}),
        ("onnx-speech-enhancement", denoiser, "audio-to-audio", {}, {}),
        ("onnx-source-separation", parting_networks(models / "l-parts"), "audio-to-audio", {}, {}),
        ("onnx-voice-activity", None, "voice-activity-detection", dict(SILERO), {}),
        ("tools", None, "audio-cutting", {}, {"end": "0.5"}),
    ]  # fmt: skip


def test_no_sound_is_refused_and_telephone_sound_is_heard_by_every_family(
    models: Path, tmp_path: Path
) -> None:
    silent = recording(tmp_path / "nothing.wav", 0)
    telephone = recording(tmp_path / "telephone.wav", 1.0, 8000)
    for loader, folder, task, options, words in _listeners(models):
        expert = load_expert(card_for(loader, folder, **options), "cpu")
        refused = call_for(task, tmp_path / loader / "refused", 7, audio=silent, **words)
        with pytest.raises(InvalidInput) as caught:
            run(expert, refused)
        assert "nothing.wav" in caught.value.message
        assert not list(refused.out_dir.iterdir())
        made = run(expert, call_for(task, tmp_path / loader / "out", 7, audio=telephone, **words))
        assert made.outputs
        expert.close()


# ---------------------------------------------------------------- another voice


def test_another_voice_says_it(models: Path, tmp_path: Path) -> None:
    card = card_for(
        "transformers-audio-to-audio", speecht5(models / "speecht5"), block_s=0.5, most_length=1.0
    )
    expert = load_expert(card, "cpu")
    path = recording(tmp_path / "tone.wav", 1.2)
    first, again, other = (
        run(expert, call_for("audio-to-audio", tmp_path / name, number, audio=path))
        for name, number in (("a", 1), ("b", 1), ("c", 2))
    )
    samples = heard(first.outputs[0].path)
    assert first.data["rate_hz"] == 16000
    assert first.data["seconds"] == pytest.approx(samples.shape[0] / 16000, abs=0.01)
    assert samples.shape[0] > 0
    assert np.array_equal(samples, heard(again.outputs[0].path))
    assert not np.array_equal(samples, heard(other.outputs[0].path))
    assert len(first.progress) == 3


def test_a_voice_of_the_wrong_size_is_a_damaged_model(models: Path) -> None:
    card = card_for("transformers-audio-to-audio", speecht5(models / "voice", voice_size=7))
    with pytest.raises(ModelDamaged):
        load_expert(card, "cpu")


def test_conversion_stops_between_two_frames(models: Path, tmp_path: Path) -> None:
    card = card_for("transformers-audio-to-audio", speecht5(models / "stopped"), most_length=5.0)
    expert = load_expert(card, "cpu")
    call = call_for("audio-to-audio", tmp_path / "out", audio=recording(tmp_path / "tone.wav", 2))
    stop = StopAfter(40)
    with pytest.raises(Cancelled):
        expert.run(call, lambda part, message: None, stop)
    assert stop.asked == 41
    assert not list(call.out_dir.iterdir())


# ---------------------------------------------------------------- without noise


@pytest.mark.parametrize("seconds", [0.01, 1.0, 11.3])
def test_cleaning_keeps_every_sample_in_its_place(models: Path, tmp_path: Path, seconds: float) -> None:
    expert = load_expert(
        card_for("onnx-speech-enhancement", halving_network(models / "gtcrn" / "model.onnx")), "cpu"
    )
    path = recording(tmp_path / "tone.wav", seconds)
    made = run(expert, call_for("audio-to-audio", tmp_path / "out", audio=path))
    given, cleaned = heard(path), heard(made.outputs[0].path)
    assert cleaned.shape == given.shape
    assert np.abs(cleaned - given / 2).max() < 2e-4
    assert made.progress[-1] == 1


def test_cleaning_can_be_stopped(models: Path, tmp_path: Path) -> None:
    expert = load_expert(
        card_for("onnx-speech-enhancement", halving_network(models / "stop" / "model.onnx")), "cpu"
    )
    call = call_for("audio-to-audio", tmp_path / "out", audio=recording(tmp_path / "tone.wav", 8))
    with pytest.raises(Cancelled):
        expert.run(call, lambda part, message: None, StopAfter(3))
    assert not list(call.out_dir.iterdir())


def test_another_network_is_refused(models: Path) -> None:
    (models / "odd").mkdir()
    (models / "odd" / "model.onnx").write_bytes(b"not ONNX")
    with pytest.raises(ModelDamaged):
        load_expert(card_for("onnx-speech-enhancement", models / "odd"), "cpu")


# ---------------------------------------------------------------- who speaks when


SILERO = {"package": "faster_whisper", "model": "assets/silero_vad_v6.onnx"}
MEETING = Path(__file__).parents[2] / "resources" / "samples" / "meeting.wav"


def test_speech_is_found_between_silences(tmp_path: Path) -> None:
    with wave.open(str(MEETING)) as meeting:
        rate, frames = meeting.getframerate(), meeting.readframes(meeting.getnframes())
    pause = b"\0" * (2 * rate * 3)
    with wave.open(str(tmp_path / "twice.wav"), "wb") as wav:
        wav.setparams((1, 2, rate, 0, "NONE", "NONE"))
        wav.writeframes(pause + frames + pause + frames)
    length = len(frames) / 2 / rate
    expert = load_expert(card_for("onnx-voice-activity", None, **SILERO), "cpu")
    made = run(expert, call_for("voice-activity-detection", tmp_path / "out", audio=tmp_path / "twice.wav"))
    segments = made.data["segments"]
    assert made.data["seconds"] == pytest.approx(6 + 2 * length, abs=0.1)
    assert segments[0]["start_s"] == pytest.approx(3, abs=0.5)
    pauses = [after["start_s"] - before["end_s"] for before, after in pairwise(segments)]
    assert max(pauses) == pytest.approx(3, abs=0.8)
    assert made.data["speech_s"] > length
    assert len(made.text.splitlines()) == len(segments) + 1


def test_nobody_speaks_in_silence(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "silence.wav"), "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", "NONE"))
        wav.writeframes(b"\0" * 16000 * 40)
    expert = load_expert(card_for("onnx-voice-activity", None, **SILERO), "cpu")
    made = run(expert, call_for("voice-activity-detection", tmp_path / "out", audio=tmp_path / "silence.wav"))
    assert made.text == "Nobody speaks."
    assert made.data["segments"] == []


def test_the_other_form_of_the_network_is_read_too(models: Path, tmp_path: Path) -> None:
    folder = loudness_network(models / "silero" / "model.onnx")
    expert = load_expert(card_for("onnx-voice-activity", folder, threshold=0.3), "cpu")
    path = recording(tmp_path / "tone.wav", 2.0)
    made = run(expert, call_for("voice-activity-detection", tmp_path / "out", audio=path))
    assert made.data["segments"] == [{"start_s": 0.0, "end_s": 2.0}]
    with pytest.raises(Cancelled):
        expert.run(
            call_for("voice-activity-detection", tmp_path / "stop", audio=recording(tmp_path / "b.wav", 70)),
            lambda part, message: None,
            StopAfter(1),
        )


def test_a_network_of_another_kind_or_a_missing_package_is_said(models: Path) -> None:
    with pytest.raises(ModelDamaged):
        load_expert(card_for("onnx-voice-activity", halving_network(models / "vad" / "model.onnx")), "cpu")
    with pytest.raises(ModelDamaged):
        load_expert(card_for("onnx-voice-activity", None, package="faster_whisper", model="none.onnx"), "cpu")


# ---------------------------------------------------------------- voice and music


@pytest.mark.parametrize("seconds", [0.2, 13.0])
def test_both_parts_stay_in_their_place_and_share_the_whole(
    models: Path, tmp_path: Path, seconds: float
) -> None:
    folder = parting_networks(models / f"parts-{seconds}")
    expert = load_expert(card_for("onnx-source-separation", folder), "cpu")
    path = recording(tmp_path / "song.wav", seconds, 44100)
    made = run(expert, call_for("audio-to-audio", tmp_path / "out", audio=path))
    assert [output.data["part"] for output in made.outputs] == ["voice", "music"]
    voice, music = (samples_of(output.path) for output in made.outputs)
    whole = samples_of(path)
    assert voice.shape == music.shape == (whole.shape[0], 2)
    assert np.abs(voice + music - whole).max() < 2e-3  # nothing is lost, nothing added
    loud = np.sqrt(np.square(voice[:, 0]).mean() / np.square(whole[:, 0]).mean())
    assert loud == pytest.approx(0.64, abs=0.06)
    assert made.progress[-1] == pytest.approx(1, abs=0.01)


def test_one_part_alone_is_kept(models: Path, tmp_path: Path) -> None:
    folder = parting_networks(models / "voice-only", voice=1.0, music=0.0)
    expert = load_expert(card_for("onnx-source-separation", folder), "cpu")
    path = recording(tmp_path / "song.wav", 1, 44100)
    made = run(expert, call_for("audio-to-audio", tmp_path / "out", audio=path, keep="music"))
    assert len(made.outputs) == 1
    left, whole = samples_of(made.outputs[0].path), samples_of(path)
    assert np.square(left).mean() < 0.01 * np.square(whole).mean()  # only what lies above the voice


def test_a_model_that_cannot_part_lets_another_one_do_it(models: Path, tmp_path: Path) -> None:
    expert = load_expert(
        card_for("onnx-speech-enhancement", halving_network(models / "keep" / "model.onnx")), "cpu"
    )
    call = call_for("audio-to-audio", tmp_path / "out", audio=recording(tmp_path / "a.wav", 1), keep="voice")
    with pytest.raises(ExecutionFailed, match="cannot keep only the voice"):
        expert.run(call, lambda part, message: None, lambda: False)


# ---------------------------------------------------------------- music


def test_music_is_as_long_as_wanted_and_follows_its_seed(models: Path, tmp_path: Path) -> None:
    expert = load_expert(card_for("transformers-text-to-audio", musicgen(models / "musicgen")), "cpu")
    first, again, other = (
        run(expert, call_for("text-to-audio", tmp_path / name, number, text="the red cat", seconds="2"))
        for name, number in (("a", 1), ("b", 1), ("c", 2))
    )
    samples = samples_of(first.outputs[0].path)
    assert (first.data["rate_hz"], first.data["seconds"]) == (800, 2.0)
    assert samples.shape == (1600, 1)
    assert np.array_equal(samples, samples_of(again.outputs[0].path))
    assert not np.array_equal(samples, samples_of(other.outputs[0].path))
    assert len(first.progress) > 50
    with pytest.raises(ExecutionFailed, match="at most 30 seconds"):
        expert.run(
            call_for("text-to-audio", tmp_path / "d", text="cat", seconds="31"),
            lambda part, message: None,
            never,
        )


def test_composing_stops_between_two_tokens(models: Path, tmp_path: Path) -> None:
    expert = load_expert(card_for("transformers-text-to-audio", musicgen(models / "stopped")), "cpu")
    call = call_for("text-to-audio", tmp_path / "out", text="the red cat", seconds="4")
    stop = StopAfter(10)
    with pytest.raises(Cancelled):
        expert.run(call, lambda part, message: None, stop)
    assert stop.asked == 11
    assert not list(call.out_dir.iterdir())


def never() -> bool:
    return False


def test_a_music_pipeline_makes_stereo_of_the_wanted_length(models: Path, tmp_path: Path) -> None:
    card = card_for("diffusers-text-to-audio", ace_step(models / "ace"), num_inference_steps=3)
    expert = load_expert(card, "cpu")
    first, again, other = (
        run(expert, call_for("text-to-audio", tmp_path / name, number, text="the red cat", seconds="2"))
        for name, number in (("a", 1), ("b", 1), ("c", 2))
    )
    samples = samples_of(first.outputs[0].path)
    assert samples.shape == (1600, 2)
    assert (first.data["rate_hz"], first.data["seconds"], first.data["steps"]) == (800, 2.0, 3)
    assert np.array_equal(samples, samples_of(again.outputs[0].path))
    assert not np.array_equal(samples, samples_of(other.outputs[0].path))
    assert list(first.progress) == [0, 0.25, 0.5, 0.75]
    with pytest.raises(Cancelled):
        expert.run(
            call_for("text-to-audio", tmp_path / "d", text="cat"), lambda part, message: None, StopAfter(2)
        )


def test_a_pipeline_of_sounds_makes_the_wanted_length_and_stops_between_two_steps(
    models: Path, tmp_path: Path
) -> None:
    card = card_for("diffusers-text-to-audio", audioldm2(models / "sounds"), num_inference_steps=3)
    expert = load_expert(card, "cpu")
    first, again = (
        run(expert, call_for("text-to-audio", tmp_path / name, text="rain on a roof", seconds="2"))
        for name in "ab"
    )
    samples = samples_of(first.outputs[0].path)
    assert samples.shape == (1600, 1)
    assert (first.data["rate_hz"], first.data["seconds"], first.data["steps"]) == (800, 2.0, 3)
    assert np.array_equal(samples, samples_of(again.outputs[0].path))
    assert list(first.progress) == [0, 0.25, 0.5, 0.75]
    call = call_for("text-to-audio", tmp_path / "c", text="rain")
    with pytest.raises(Cancelled):
        expert.run(call, lambda part, message: None, StopAfter(2))
    assert not list(call.out_dir.iterdir())
