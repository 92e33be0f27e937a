"""The families that hear, on tiny checkpoints and a tiny network of ONNX."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from expert_trials import StopAfter, call_for, card_for, run
from tiny_checkpoints import labels, library, save, seed

from hgpt_desktop.core.errors import Cancelled, InvalidInput, ModelDamaged
from hgpt_desktop.experts.registry import load_expert


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny checkpoints of this file stand."""
    return tmp_path_factory.mktemp("sound-models")


def recording(path: Path, seconds: float, rate_hz: int = 16000) -> Path:
    """A tone with some noise."""
    times = np.arange(int(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(1).normal(0, 0.05, times.shape)
    samples = (0.5 * np.sin(2 * np.pi * 440 * times) + noise).clip(-1, 1)
    with wave.open(str(path), "wb") as wav:
        wav.setparams((1, 2, rate_hz, 0, "NONE", "NONE"))
        wav.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def heard(path: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    with wave.open(str(path)) as wav:
        return np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2") / 32767


# ---------------------------------------------------------------- labels


def hubert(folder: Path) -> Path:
    transformers = library("transformers")
    seed()
    transformers.Wav2Vec2FeatureExtractor(sampling_rate=16000).save_pretrained(folder)
    config = transformers.Wav2Vec2Config(
        vocab_size=8,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        conv_dim=[8, 8],
        conv_stride=[10, 8],
        conv_kernel=[20, 16],
        num_conv_pos_embeddings=8,
        num_conv_pos_embedding_groups=2,
        classifier_proj_size=8,
        **labels("music", "speech", "rain"),
    )
    return save(transformers.Wav2Vec2ForSequenceClassification(config), folder)


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


# ---------------------------------------------------------------- another voice


def speecht5(folder: Path, voice_size: int = 12) -> Path:
    transformers, torch = library("transformers"), library("torch")
    safetensors = library("safetensors.torch")
    seed()
    transformers.SpeechT5FeatureExtractor(num_mel_bins=10).save_pretrained(folder)
    config = transformers.SpeechT5Config(
        vocab_size=8,
        hidden_size=16,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        conv_dim=[8, 8],
        conv_stride=[20, 16],
        conv_kernel=[20, 16],
        num_conv_pos_embeddings=8,
        num_conv_pos_embedding_groups=2,
        num_mel_bins=10,
        speech_decoder_prenet_units=8,
        speaker_embedding_dim=12,
        speech_decoder_postnet_layers=2,
        speech_decoder_postnet_units=8,
        reduction_factor=2,
    )
    model = transformers.SpeechT5ForSpeechToSpeech(config)
    model.speech_decoder_postnet.prob_out.bias.data.fill_(-10)  # it goes on as long as it may
    model.speech_decoder_postnet.feat_out.weight.data.mul_(50)
    for weights in model.speecht5.decoder.prenet.parameters():
        weights.data.mul_(30)  # so that what the dropout leaves out is heard
    save(model, folder)
    vocoder = transformers.SpeechT5HifiGanConfig(
        model_in_dim=10,
        upsample_initial_channel=8,
        upsample_rates=[4, 4],
        upsample_kernel_sizes=[8, 8],
        resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1]],
    )
    save(transformers.SpeechT5HifiGan(vocoder), folder / "vocoder")
    safetensors.save_file({"voice": torch.ones(voice_size)}, str(folder / "voice.safetensors"))
    return folder


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


def _field(number: int, value: bytes | str | int) -> bytes:
    """One field of a protocol buffer."""

    def varint(count: int) -> bytes:
        out = b""
        while count > 127:
            out, count = out + bytes([count & 127 | 128]), count >> 7
        return out + bytes([count])

    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def _value(name: str, shape: tuple[int, ...]) -> bytes:
    dimensions = b"".join(_field(1, _field(1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, dimensions)))


def halving_network(path: Path) -> Path:
    """ONNX of the shape of GTCRN: it halves each spectrum, and counts the spectra in its state."""
    path.parent.mkdir(parents=True, exist_ok=True)
    spectrum, state = (1, 257, 1, 2), (2, 3)

    def node(kind: str, puts: tuple[str, ...], get: str) -> bytes:
        return b"".join(_field(1, put) for put in puts) + _field(2, get) + _field(4, kind)

    def constant(name: str, number: float) -> bytes:
        return _field(2, 1) + _field(8, name) + _field(9, struct.pack("<f", number))

    graph = (
        _field(1, node("Mul", ("mix", "half"), "enh"))
        + _field(1, node("Add", ("cache", "one"), "cache_out"))
        + _field(2, "halving")
        + _field(5, constant("half", 0.5))
        + _field(5, constant("one", 1.0))
        + _field(11, _value("mix", spectrum))
        + _field(11, _value("cache", state))
        + _field(12, _value("enh", spectrum))
        + _field(12, _value("cache_out", state))
    )
    told = {"sample_rate": "16000", "n_fft": "512", "hop_length": "256", "window_type": "hann_sqrt"}
    model = _field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 13))
    model += b"".join(_field(14, _field(1, key) + _field(2, value)) for key, value in told.items())
    path.write_bytes(model)
    return path.parent


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
