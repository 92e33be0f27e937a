"""Tiny models that hear and make sound, and recordings for them."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
from tiny_checkpoints import bert_sizes, labels, library, save, seed, word_tokenizer
from tiny_onnx import Node, write_network


def recording(path: Path, seconds: float, rate_hz: int = 16000) -> Path:
    """A tone with some noise."""
    times = np.arange(int(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(1).normal(0, 0.05, times.shape)
    samples = (0.5 * np.sin(2 * np.pi * 440 * times) + noise).clip(-1, 1)
    with wave.open(str(path), "wb") as wav:
        wav.setparams((1, 2, rate_hz, 0, "NONE", "NONE"))
        wav.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def film(path: Path, seconds: float = 2.0, *, sound: bool = True, size: tuple[int, int] = (64, 48)) -> Path:
    """A film, black at first and white at its end, with a tone."""
    av = library("av")
    with av.open(str(path), "w") as out:
        pictures = out.add_stream("libx264", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = *size, "yuv420p"
        hearing = out.add_stream("aac", rate=16000, layout="mono") if sound else None
        count = round(seconds * 10)
        for number in range(count):
            shade = np.full((size[1], size[0], 3), round(255 * number / (count - 1)), dtype=np.uint8)
            out.mux(pictures.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        out.mux(pictures.encode(None))
        if hearing is not None:
            samples = np.sin(np.arange(round(seconds * 16000)) * 0.1).astype(np.float32)[None]
            frame = av.AudioFrame.from_ndarray(samples * 0.5, format="fltp", layout="mono")
            frame.sample_rate = 16000
            out.mux(hearing.encode(frame))
            out.mux(hearing.encode(None))
    return path


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


def halving_network(path: Path) -> Path:
    """ONNX of the shape of GTCRN: it halves each spectrum, and counts the spectra in its state."""
    spectrum, state = (1, 257, 1, 2), (2, 3)
    write_network(
        path,
        {"mix": spectrum, "cache": state},
        {"enh": spectrum, "cache_out": state},
        [Node("Mul", ("mix", "half"), "enh"), Node("Add", ("cache", "one"), "cache_out")],
        {"half": 0.5, "one": 1.0},
        {"sample_rate": "16000", "n_fft": "512", "hop_length": "256", "window_type": "hann_sqrt"},
    )
    return path.parent


def loudness_network(path: Path) -> Path:
    """ONNX of the shape of Silero's own file: the mean of a window's loudness is its probability."""
    write_network(
        path,
        {"input": (1, 576), "state": (2, 1, 128), "sr": ()},
        {"output": (1, 1), "stateN": (2, 1, 128)},
        [
            Node("Abs", ("input",), "loud"),
            Node("ReduceMean", ("loud",), "output", {"axes": (1,)}),
            Node("Add", ("state", "one"), "stateN"),
        ],
        {"one": 1.0},
    )
    return path.parent


def parting_networks(folder: Path, voice: float = 0.8, music: float = 0.6) -> Path:
    """Two networks of ONNX of the shape of Spleeter's: each takes the same share of every frequency."""
    for name, share in (("voice", voice), ("music", music)):
        shape = (2, "splits", 512, 1024)
        write_network(
            folder / f"{name}.onnx",
            {"x": shape},
            {"y": shape},
            [Node("Mul", ("x", "share"), "y")],
            {"share": share},
        )
    return folder


def clap(folder: Path) -> Path:
    """Sound and text in one space: CLAP of two stages."""
    transformers = library("transformers")
    tokenizer = word_tokenizer(folder, segments=False)
    extractor = transformers.ClapFeatureExtractor(
        feature_size=16, sampling_rate=8000, hop_length=80, max_length_s=2, fft_window_size=256,
        frequency_max=4000, truncation="rand_trunc", padding="repeatpad",
    )  # fmt: skip
    transformers.ClapProcessor(extractor, tokenizer).save_pretrained(folder)
    seed()
    text = {
        **bert_sizes(tokenizer), "projection_dim": 16, "max_position_embeddings": 80,
        "pad_token_id": tokenizer.pad_token_id,
    }  # fmt: skip
    audio = {
        "spec_size": 64, "num_mel_bins": 16, "window_size": 4, "patch_size": 2, "patch_stride": [2, 2],
        "patch_embeds_hidden_size": 16, "hidden_size": 64, "depths": [1, 1, 1],
        "num_attention_heads": [2, 2, 2], "num_classes": 4, "projection_dim": 16, "enable_fusion": False,
    }  # fmt: skip
    config = transformers.ClapConfig(text_config=text, audio_config=audio, projection_dim=16)
    return save(transformers.ClapModel(config), folder)


def musicgen(folder: Path) -> Path:
    """MusicGen with a T5 of two layers and an EnCodec of two codebooks at 50 tokens a second."""
    transformers = library("transformers")
    tokenizer = word_tokenizer(folder, segments=False)
    extractor = transformers.EncodecFeatureExtractor(feature_size=1, sampling_rate=800)
    transformers.MusicgenProcessor(extractor, tokenizer).save_pretrained(folder)
    seed()
    text = transformers.T5Config(
        vocab_size=len(tokenizer), d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2,
        pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    codec = transformers.EncodecConfig(
        sampling_rate=800, audio_channels=1, num_filters=4, hidden_size=16, upsampling_ratios=[4, 4],
        codebook_size=32, codebook_dim=16, target_bandwidths=[0.5], num_lstm_layers=1, num_residual_layers=1,
    )  # fmt: skip
    decoder = transformers.MusicgenDecoderConfig(
        vocab_size=32, hidden_size=16, ffn_dim=32, num_hidden_layers=2, num_attention_heads=2,
        num_codebooks=2, pad_token_id=32, bos_token_id=32, max_position_embeddings=256,
    )  # fmt: skip
    config = transformers.MusicgenConfig(
        text_encoder=text.to_dict(), audio_encoder=codec.to_dict(), decoder=decoder.to_dict()
    )
    model = transformers.MusicgenForConditionalGeneration(config)
    for layer in model.audio_encoder.quantizer.layers:
        layer.codebook.embed.normal_()  # so that each token sounds otherwise
    model.generation_config.decoder_start_token_id = 32
    model.generation_config.pad_token_id = 32
    model.generation_config.bos_token_id = 32
    model.generation_config.guidance_scale = 3.0
    return save(model, folder)


def audioldm2(folder: Path) -> Path:
    """AudioLDM 2, a pipeline of sounds and music: 800 samples a second, of one channel."""
    diffusers, transformers = library("diffusers"), library("transformers")
    hearing = folder / "hearing"
    heard_with = transformers.ClapModel.from_pretrained(clap(hearing))
    letters = [chr(code) for code in range(97, 123)]
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "\u0120", *letters, *(f"\u0120{a}" for a in letters)]
    words = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("\u2581", -1.0), *((a, -2.0) for a in letters)]
    words_of_t5 = transformers.T5Tokenizer(vocab=words, extra_ids=0, model_max_length=32)
    seed()
    t5 = transformers.T5Config(
        vocab_size=len(words_of_t5), d_model=32, d_kv=8, d_ff=32, num_layers=2, num_heads=2,
        pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    gpt = transformers.GPT2Config(n_embd=16, n_head=2, n_layer=2, vocab_size=50, n_positions=99)
    writer = transformers.GPT2LMHeadModel(gpt)
    writer.config.max_new_tokens = 8
    blocks = {"block_out_channels": (8, 16), "norm_num_groups": 8}
    diffusers.AudioLDM2Pipeline(
        vae=diffusers.AutoencoderKL(
            in_channels=1, out_channels=1, latent_channels=4, down_block_types=["DownEncoderBlock2D"] * 2,
            up_block_types=["UpDecoderBlock2D"] * 2, **blocks,
        ),
        text_encoder=heard_with,
        text_encoder_2=transformers.T5EncoderModel(t5).eval(),
        projection_model=diffusers.AudioLDM2ProjectionModel(
            text_encoder_dim=16, text_encoder_1_dim=32, langauge_model_dim=16
        ),
        language_model=writer.eval(),
        tokenizer=transformers.RobertaTokenizer(
            vocab={piece: number for number, piece in enumerate(pieces)}, merges=[], model_max_length=32
        ),
        tokenizer_2=words_of_t5,
        feature_extractor=transformers.ClapFeatureExtractor.from_pretrained(hearing),
        unet=diffusers.AudioLDM2UNet2DConditionModel(
            layers_per_block=1, sample_size=32, in_channels=4, out_channels=4, cross_attention_dim=(8, 16),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), **blocks,
        ),
        scheduler=diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=False),
        vocoder=transformers.SpeechT5HifiGan(
            transformers.SpeechT5HifiGanConfig(
                model_in_dim=8, sampling_rate=800, upsample_initial_channel=16, upsample_rates=[2, 2],
                upsample_kernel_sizes=[4, 4], resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3, 5]],
                normalize_before=False,
            )
        ),
    ).save_pretrained(folder)  # fmt: skip
    return folder


def samples_of(path: Path) -> np.ndarray[Any, Any]:
    """A WAV file as (n, channels) floats."""
    with wave.open(str(path)) as wav:
        samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2") / 32767
        return samples.reshape(-1, wav.getnchannels())
