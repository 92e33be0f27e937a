"""Tiny pipelines of diffusers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tiny_checkpoints import library, seed, word_tokenizer


def _unet(channels: int = 4, guided_by: int | None = None) -> Any:
    return library("diffusers").UNet2DConditionModel(
        block_out_channels=(4, 8),
        layers_per_block=1,
        sample_size=8,
        time_cond_proj_dim=guided_by,
        in_channels=channels,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=8,
        norm_num_groups=2,
        attention_head_dim=2,
    )


def clip_tokenizer(longest: int = 77) -> Any:
    """A tokenizer of CLIP that knows letters."""
    letters = [chr(code) for code in range(97, 123)]
    pieces = [
        "!",
        "<|startoftext|>",
        "<|endoftext|>",
        *letters,
        *(f"{letter}</w>" for letter in letters),
        "th",
        "the</w>",
    ]
    return library("transformers").CLIPTokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)},
        merges=[("t", "h"), ("th", "e</w>")],
        model_max_length=longest,
    )


def _parts() -> dict[str, Any]:
    """The parts of Stable Diffusion that every kind of it has."""
    diffusers, transformers = library("diffusers"), library("transformers")
    seed()
    vae = diffusers.AutoencoderKL(
        block_out_channels=[4, 8],
        in_channels=3,
        out_channels=3,
        latent_channels=4,
        norm_num_groups=2,
        down_block_types=["DownEncoderBlock2D"] * 2,
        up_block_types=["UpDecoderBlock2D"] * 2,
        sample_size=32,
    )
    tokenizer = clip_tokenizer()
    encoder = transformers.CLIPTextModel(
        transformers.CLIPTextConfig(
            bos_token_id=1,
            eos_token_id=2,
            pad_token_id=2,
            hidden_size=8,
            intermediate_size=16,
            num_attention_heads=2,
            num_hidden_layers=2,
            vocab_size=len(tokenizer),
        )
    )
    return {
        "scheduler": diffusers.DDIMScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            clip_sample=False,
            set_alpha_to_one=False,
            steps_offset=1,
        ),
        "vae": vae,
        "text_encoder": encoder.eval(),
        "tokenizer": tokenizer,
        "safety_checker": None,
        "feature_extractor": None,
    }


def stable_diffusion(folder: Path, class_name: str = "StableDiffusionPipeline", channels: int = 4) -> Path:
    """Stable Diffusion with a few thousand weights."""
    if not folder.is_dir():
        pipeline = getattr(library("diffusers"), class_name)
        pipeline(unet=_unet(channels), requires_safety_checker=False, **_parts()).save_pretrained(folder)
    return folder


def latent_consistency(folder: Path) -> Path:
    """A latent consistency model: Stable Diffusion taught to draw in few steps."""
    if not folder.is_dir():
        diffusers = library("diffusers")
        parts = _parts() | {"scheduler": diffusers.LCMScheduler(original_inference_steps=50)}
        diffusers.LatentConsistencyModelPipeline(
            unet=_unet(guided_by=32), requires_safety_checker=False, **parts
        ).save_pretrained(folder)
    return folder


def stable_diffusion_xl(folder: Path) -> Path:
    """Stable Diffusion XL with its two text encoders, of a few thousand weights."""
    if folder.is_dir():
        return folder
    diffusers, transformers = library("diffusers"), library("transformers")
    parts = {name: part for name, part in _parts().items() if name != "safety_checker"}
    config = transformers.CLIPTextConfig(
        bos_token_id=1, eos_token_id=2, pad_token_id=2, hidden_size=8, intermediate_size=16,
        num_attention_heads=2, num_hidden_layers=2, projection_dim=8, vocab_size=len(parts["tokenizer"]),
    )  # fmt: skip
    diffusers.StableDiffusionXLPipeline(
        unet=diffusers.UNet2DConditionModel(
            block_out_channels=(4, 8),
            layers_per_block=1,
            sample_size=8,
            in_channels=4,
            out_channels=4,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=16,
            norm_num_groups=2,
            attention_head_dim=2,
            transformer_layers_per_block=1,
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=4,
            projection_class_embeddings_input_dim=6 * 4 + 8,
        ),
        text_encoder_2=transformers.CLIPTextModelWithProjection(config).eval(),
        tokenizer_2=clip_tokenizer(),
        **parts,
    ).save_pretrained(folder)
    return folder


def controlnet(folder: Path) -> Path:
    seed()
    library("diffusers").ControlNetModel(
        block_out_channels=(4, 8),
        layers_per_block=1,
        in_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        conditioning_embedding_out_channels=(2, 4),
        cross_attention_dim=8,
        norm_num_groups=2,
        attention_head_dim=2,
    ).save_pretrained(folder)
    return folder


def wan(folder: Path, *, begins_with_picture: bool = False) -> Path:
    """Wan, a video pipeline; of the kind that can begin with a picture too (Wan 2.2 TI2V)."""
    diffusers, transformers = library("diffusers"), library("transformers")
    seed()
    tokenizer = word_tokenizer(folder / "words", segments=False)
    diffusers.WanPipeline(
        vae=diffusers.AutoencoderKLWan(
            base_dim=3,
            z_dim=16,
            dim_mult=[1, 1, 1, 1],
            num_res_blocks=1,
            temperal_downsample=[False, True, True],
        ),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0),
        tokenizer=tokenizer,
        text_encoder=transformers.UMT5EncoderModel(
            transformers.UMT5Config(
                vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=16, num_layers=1, num_heads=2
            )
        ).eval(),
        transformer=diffusers.WanTransformer3DModel(
            patch_size=(1, 2, 2),
            num_attention_heads=2,
            attention_head_dim=12,
            in_channels=16,
            out_channels=16,
            text_dim=32,
            freq_dim=16,
            ffn_dim=32,
            num_layers=1,
            cross_attn_norm=True,
            qk_norm="rms_norm_across_heads",
            rope_max_seq_len=32,
        ),
        expand_timesteps=begins_with_picture,
    ).save_pretrained(folder)
    return folder


def wan_mover(folder: Path) -> Path:
    """Wan 2.1 for pictures alone, which looks at them with CLIP too."""
    diffusers, transformers = library("diffusers"), library("transformers")
    parts = diffusers.WanPipeline.from_pretrained(wan(folder.with_name(f"{folder.name}-base"))).components
    seed()
    transformer = diffusers.WanTransformer3DModel.from_config(
        dict(parts["transformer"].config) | {"in_channels": 36, "image_dim": 8, "added_kv_proj_dim": 24}
    )
    encoder = transformers.CLIPVisionModel(
        transformers.CLIPVisionConfig(
            hidden_size=8, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
            image_size=16, patch_size=8,
        )
    )  # fmt: skip
    diffusers.WanImageToVideoPipeline(
        tokenizer=parts["tokenizer"],
        text_encoder=parts["text_encoder"],
        vae=parts["vae"],
        scheduler=parts["scheduler"],
        transformer=transformer,
        image_encoder=encoder.eval(),
        image_processor=transformers.CLIPImageProcessor(
            size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16}
        ),
    ).save_pretrained(folder)
    return folder


def ltx(folder: Path) -> Path:
    """LTX-Video, a video pipeline that can begin with a picture."""
    diffusers, transformers = library("diffusers"), library("transformers")
    seed()
    tokenizer = word_tokenizer(folder / "words", segments=False)
    diffusers.LTXPipeline(
        transformer=diffusers.LTXVideoTransformer3DModel(
            in_channels=8,
            out_channels=8,
            num_attention_heads=4,
            attention_head_dim=8,
            cross_attention_dim=32,
            num_layers=1,
            caption_channels=32,
        ),
        vae=diffusers.AutoencoderKLLTXVideo(
            latent_channels=8,
            block_out_channels=(8, 8, 8, 8),
            decoder_block_out_channels=(8, 8, 8, 8),
            layers_per_block=(1, 1, 1, 1, 1),
            decoder_layers_per_block=(1, 1, 1, 1, 1),
            spatio_temporal_scaling=(True, True, False, False),
            decoder_spatio_temporal_scaling=(True, True, False, False),
            patch_size=1,
        ),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        text_encoder=transformers.T5EncoderModel(
            transformers.T5Config(
                vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=16, num_layers=1, num_heads=2
            )
        ).eval(),
        tokenizer=tokenizer,
    ).save_pretrained(folder)
    return folder


def ace_step(folder: Path) -> Path:
    """ACE-Step, a pipeline of music: 800 samples a second, ten latents a second."""
    diffusers, transformers = library("diffusers"), library("transformers")
    parts = library("diffusers.pipelines.ace_step")
    seed()
    tokenizer = word_tokenizer(folder / "words", segments=False, longest=256)
    qwen = transformers.Qwen3Config(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=1, head_dim=8, max_position_embeddings=4096,
    )  # fmt: skip
    sizes = {
        "hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2, "num_key_value_heads": 1,
        "head_dim": 8,
    }  # fmt: skip
    diffusers.AceStepPipeline(
        vae=diffusers.AutoencoderOobleck(
            encoder_hidden_size=4, downsampling_ratios=[8, 10], channel_multiples=[1, 2], decoder_channels=4,
            decoder_input_channels=8, audio_channels=2, sampling_rate=800,
        ),
        text_encoder=transformers.Qwen3Model(qwen).eval(),
        tokenizer=tokenizer,
        transformer=diffusers.AceStepTransformer1DModel(
            num_hidden_layers=1, in_channels=24, audio_acoustic_hidden_dim=8, is_turbo=True, **sizes
        ),
        condition_encoder=parts.AceStepConditionEncoder(
            text_hidden_dim=16, timbre_hidden_dim=8, num_lyric_encoder_hidden_layers=1,
            num_timbre_encoder_hidden_layers=1, **sizes,
        ),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
    ).save_pretrained(folder)  # fmt: skip
    return folder
