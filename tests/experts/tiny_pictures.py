"""Tiny checkpoints of the models that look for named things, make masks, compare, enlarge and watch films."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tiny_checkpoints import bert_sizes, labels, library, save, seed, word_tokenizer
from tiny_diffusion import clip_tokenizer
from tiny_onnx import Node, write_network
from tiny_vision import SIDE

ACTIONS = ("cooking", "dancing", "opening [something]")


def _tower(**more: Any) -> dict[str, Any]:
    """The sizes of a tiny transformer."""
    return {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        **more,
    }


def grounding_dino(folder: Path) -> Path:
    """Grounding DINO on a tiny Swin and a tiny BERT."""
    transformers = library("transformers")
    tokenizer = word_tokenizer(folder, special=(".",))
    seed()
    config = transformers.GroundingDinoConfig(
        backbone_config=transformers.SwinConfig(
            image_size=32,
            window_size=4,
            embed_dim=8,
            depths=[1, 1, 1],
            num_heads=[2, 2, 2],
            out_features=["stage1", "stage2", "stage3"],
        ),
        text_config=transformers.BertConfig(**bert_sizes(tokenizer)),
        d_model=32,
        encoder_layers=1,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        num_queries=6,
        num_feature_levels=3,
        max_text_len=64,
        disable_custom_kernels=True,
    )
    images = transformers.GroundingDinoImageProcessor(size={"shortest_edge": 32, "longest_edge": 48})
    transformers.GroundingDinoProcessor(images, tokenizer).save_pretrained(folder)
    return save(transformers.GroundingDinoForObjectDetection(config), folder)


def owlv2(folder: Path) -> Path:
    """OWLv2: a detector on CLIP."""
    transformers = library("transformers")
    tokenizer = clip_tokenizer(16)
    seed()
    config = transformers.Owlv2Config(
        text_config=_tower(
            vocab_size=len(tokenizer),
            max_position_embeddings=16,
            pad_token_id=2,
            bos_token_id=1,
            eos_token_id=2,
        ),
        vision_config=_tower(image_size=32, patch_size=8),
        projection_dim=16,
    )
    images = transformers.Owlv2ImageProcessor(size=SIDE)
    transformers.Owlv2Processor(images, tokenizer).save_pretrained(folder)
    model = transformers.Owlv2ForObjectDetection(config)
    for layer in (model.box_head.dense2, model.class_head.logit_shift, model.class_head.logit_scale):
        layer.weight.data.mul_(0.01)  # random weights are too large: boxes of no size, scores of 0 and 1
    return save(model, folder)


def clip(folder: Path) -> Path:
    """CLIP with both towers."""
    transformers = library("transformers")
    tokenizer = clip_tokenizer()
    seed()
    config = transformers.CLIPConfig(
        text_config=_tower(vocab_size=len(tokenizer), pad_token_id=2, bos_token_id=1, eos_token_id=2),
        vision_config=_tower(image_size=32, patch_size=8),
        projection_dim=16,
    )
    images = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=SIDE)
    transformers.CLIPProcessor(images, tokenizer).save_pretrained(folder)
    return save(transformers.CLIPModel(config), folder)


def siglip(folder: Path) -> Path:
    """SigLIP, whose texts are filled up to one length."""
    transformers = library("transformers")
    tokenizer = word_tokenizer(folder, segments=False)
    seed()
    config = transformers.SiglipConfig(
        text_config=_tower(vocab_size=len(tokenizer), max_position_embeddings=12),
        vision_config=_tower(image_size=32, patch_size=8),
    )
    images = transformers.SiglipImageProcessor(size=SIDE)
    transformers.SiglipProcessor(images, tokenizer).save_pretrained(folder)
    return save(transformers.SiglipModel(config), folder)


def dinov2(folder: Path) -> Path:
    """DINOv2, an encoder of pictures only."""
    transformers = library("transformers")
    seed()
    transformers.BitImageProcessor(size={"shortest_edge": 32}, crop_size=SIDE).save_pretrained(folder)
    config = transformers.Dinov2Config(
        image_size=32,
        patch_size=8,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        mlp_ratio=2,
    )
    return save(transformers.Dinov2Model(config), folder)


def _with_masks(model: Any) -> Any:
    """A model of masks whose random weights are large enough to make some."""
    decoder = model.mask_decoder
    for layer in (decoder.upscale_conv1, decoder.upscale_conv2):
        layer.weight.data.mul_(30)
    for network in decoder.output_hypernetworks_mlps:
        network.proj_out.weight.data.mul_(30)
        network.proj_out.bias.data.normal_()
    return model


def sam(folder: Path) -> Path:
    """SAM with a tiny encoder."""
    transformers = library("transformers")
    seed()
    config = transformers.SamConfig(
        vision_config={
            "hidden_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "mlp_dim": 32,
            "output_channels": 16,
            "image_size": 64,
            "patch_size": 8,
            "window_size": 4,
            "global_attn_indexes": [1],
            "num_pos_feats": 8,
        },
        prompt_encoder_config={
            "hidden_size": 16,
            "image_size": 64,
            "patch_size": 8,
            "mask_input_channels": 4,
        },
        mask_decoder_config={
            "hidden_size": 16,
            "mlp_dim": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "iou_head_hidden_dim": 16,
        },
    )
    images = transformers.SamImageProcessor(
        size={"longest_edge": 64}, pad_size={"height": 64, "width": 64}, mask_size={"longest_edge": 16}
    )
    transformers.SamProcessor(images).save_pretrained(folder)
    return save(_with_masks(transformers.SamModel(config)), folder)


def sam2(folder: Path) -> Path:
    """SAM 2 with a tiny Hiera."""
    transformers = library("transformers")
    seed()
    backbone = transformers.Sam2HieraDetConfig(
        hidden_size=8,
        num_attention_heads=1,
        image_size=[64, 64],
        blocks_per_stage=[1, 1, 2, 1],
        embed_dim_per_stage=[8, 16, 32, 64],
        num_attention_heads_per_stage=[1, 2, 4, 8],
        window_size_per_stage=[4, 2, 2, 2],
        global_attention_blocks=[3],
        window_positional_embedding_background_size=[4, 4],
    )
    config = transformers.Sam2Config(
        vision_config=transformers.Sam2VisionConfig(
            backbone_config=backbone,
            backbone_channel_list=[64, 32, 16, 8],
            backbone_feature_sizes=[[16, 16], [8, 8], [4, 4]],
            fpn_hidden_size=16,
        ),
        prompt_encoder_config={
            "hidden_size": 16,
            "image_size": 64,
            "patch_size": 16,
            "mask_input_channels": 4,
        },
        mask_decoder_config={
            "hidden_size": 16,
            "mlp_dim": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "iou_head_hidden_dim": 16,
        },
    )
    images = transformers.Sam2ImageProcessor(
        size={"height": 64, "width": 64}, mask_size={"height": 16, "width": 16}
    )
    transformers.Sam2Processor(images).save_pretrained(folder)
    return save(_with_masks(transformers.Sam2Model(config)), folder)


def swin2sr(folder: Path, scale: int = 2) -> Path:
    """Swin2SR, which makes pictures larger."""
    transformers = library("transformers")
    seed()
    transformers.Swin2SRImageProcessor(size_divisor=8).save_pretrained(folder)
    config = transformers.Swin2SRConfig(
        image_size=16, embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=4, upscale=scale
    )
    return save(transformers.Swin2SRForImageSuperResolution(config), folder)


def vivit(folder: Path) -> Path:
    """ViViT, which sees eight pictures of a film at once."""
    transformers = library("transformers")
    seed()
    transformers.VivitImageProcessor(size={"shortest_edge": 32}, crop_size=SIDE).save_pretrained(folder)
    config = transformers.VivitConfig(
        **_tower(image_size=32, num_frames=8, tubelet_size=[2, 16, 16]), **labels(*ACTIONS)
    )
    return save(transformers.VivitForVideoClassification(config), folder)


def vjepa2(folder: Path) -> Path:
    """V-JEPA 2 with its head for actions."""
    transformers = library("transformers")
    seed()
    transformers.VJEPA2VideoProcessor(size={"shortest_edge": 32}, crop_size=SIDE).save_pretrained(folder)
    config = transformers.VJEPA2Config(
        patch_size=16,
        crop_size=32,
        frames_per_clip=4,
        hidden_size=24,
        num_attention_heads=2,
        num_hidden_layers=2,
        mlp_ratio=2,
        num_pooler_layers=1,
        pred_hidden_size=24,
        pred_num_attention_heads=2,
        pred_num_hidden_layers=1,
        **labels(*ACTIONS),
    )
    return save(transformers.VJEPA2ForVideoClassification(config), folder)


def matting(folder: Path, *, side: int | None = None, logits: bool = False) -> Path:
    """A matting network as ONNX: what is brighter than the middle is foreground.

    Args:
        side: of the only pictures that it takes; any size by default.
        logits: leave the last step to the caller, as BiRefNet does.
    """
    sizes: tuple[int | str, int | str] = (side, side) if side else ("height", "width")
    nodes = [
        Node("ReduceMean", ("pixels",), "brightness", {"axes": [1]}),
        Node("Mul", ("brightness", "steep"), "strength"),
        *([] if logits else [Node("Sigmoid", ("strength",), "shares")]),
    ]
    given = "strength" if logits else "shares"
    write_network(
        folder / "model.onnx", {"pixels": (1, 3, *sizes)}, {given: (1, 1, *sizes)}, nodes, {"steep": 20.0}
    )
    return folder
