"""Tiny checkpoints of the models that look at pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tiny_checkpoints import bert_sizes, labels, library, save, seed, word_tokenizer

SIDE = {"height": 32, "width": 32}
LABELS = ("cat", "dog", "red house")


def _encoder(**more: Any) -> dict[str, Any]:
    return {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "image_size": 32,
        "patch_size": 8,
        **more,
    }


def blip(folder: Path, class_name: str) -> Path:
    """BLIP, for captions or for questions."""
    transformers = library("transformers")
    tokenizer = word_tokenizer(folder)
    seed()
    config = transformers.BlipConfig(
        text_config={
            **bert_sizes(tokenizer),
            "encoder_hidden_size": 16,
            "bos_token_id": tokenizer.bos_token_id,
            "eos_token_id": tokenizer.eos_token_id,
            "sep_token_id": tokenizer.sep_token_id,
            "pad_token_id": tokenizer.pad_token_id,
        },
        vision_config=_encoder(),
        projection_dim=16,
        image_text_hidden_size=16,
    )
    transformers.BlipProcessor(transformers.BlipImageProcessor(size=SIDE), tokenizer).save_pretrained(folder)
    return save(getattr(transformers, class_name)(config), folder)


def vilt(folder: Path) -> Path:
    """ViLT, which chooses among three answers."""
    transformers = library("transformers")
    tokenizer = word_tokenizer(folder)
    seed()
    config = transformers.ViltConfig(
        **bert_sizes(tokenizer), image_size=32, patch_size=8, max_image_length=-1, **labels(*LABELS)
    )
    images = transformers.ViltImageProcessor(size={"shortest_edge": 32}, size_divisor=8)
    transformers.ViltProcessor(images, tokenizer).save_pretrained(folder)
    return save(transformers.ViltForQuestionAnswering(config), folder)


def chat_model(folder: Path) -> Path:
    """A vision-language model that is asked in a chat (LLaVA on CLIP and Llama)."""
    transformers = library("transformers")
    tokenizer = word_tokenizer(folder, special=("<image>",), longest=512, segments=False)
    seed()
    config = transformers.LlavaConfig(
        vision_config=transformers.CLIPVisionConfig(**_encoder(projection_dim=16)),
        text_config=transformers.LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=512,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        ),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_select_strategy="default",
        vision_feature_layer=-1,
    )
    processor = transformers.LlavaProcessor(
        transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=SIDE),
        tokenizer,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        image_token="<image>",
        chat_template=(
            "{% for message in messages %}{% for part in message.content %}"
            "{% if part.type == 'image' %}<image> {% else %}{{ part.text }} {% endif %}"
            "{% endfor %}{% endfor %}"
        ),
    )
    processor.save_pretrained(folder)
    return save(transformers.LlavaForConditionalGeneration(config), folder)


def layoutlm(folder: Path) -> Path:
    """LayoutLM for questions about pages."""
    transformers = library("transformers")
    tokenizer = word_tokenizer(folder)
    seed()
    config = transformers.LayoutLMConfig(**bert_sizes(tokenizer), max_2d_position_embeddings=1024)
    return save(transformers.LayoutLMForQuestionAnswering(config), folder)


def donut(folder: Path) -> Path:
    """Donut: a Swin encoder and a BART decoder."""
    transformers = library("transformers")
    tokenizer = word_tokenizer(
        folder,
        special=("<s_docvqa>", "<s_question>", "</s_question>", "<s_answer>", "</s_answer>"),
        longest=128,
    )
    seed()
    encoder = transformers.DonutSwinConfig(
        image_size=[32, 32], patch_size=4, embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=4
    )
    decoder = transformers.MBartConfig(
        vocab_size=len(tokenizer),
        d_model=32,
        decoder_layers=2,
        decoder_attention_heads=2,
        decoder_ffn_dim=32,
        encoder_layers=2,
        max_position_embeddings=128,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.bos_token_id,
        is_decoder=True,
        add_cross_attention=True,
    )
    config = transformers.VisionEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    config.decoder_start_token_id = tokenizer.bos_token_id
    config.pad_token_id = tokenizer.pad_token_id
    images = transformers.DonutImageProcessor(size=SIDE, do_align_long_axis=False)
    transformers.DonutProcessor(images, tokenizer).save_pretrained(folder)
    return save(transformers.VisionEncoderDecoderModel(config), folder)


def detector(folder: Path, *names: str) -> Path:
    """YOLOS, a detector of the DETR kind without a convolutional backbone."""
    transformers = library("transformers")
    seed()
    config = transformers.YolosConfig(
        **_encoder(image_size=[32, 48]), num_detection_tokens=6, **labels(*(names or LABELS))
    )
    transformers.YolosImageProcessor(size={"height": 32, "width": 48}).save_pretrained(folder)
    return save(transformers.YolosForObjectDetection(config), folder)


def classifier(folder: Path, **more: Any) -> Path:
    """ViT for classification."""
    transformers = library("transformers")
    seed()
    transformers.ViTImageProcessor(size=SIDE).save_pretrained(folder)
    config = transformers.ViTConfig(**_encoder(), **labels(*LABELS), **more)
    return save(transformers.ViTForImageClassification(config), folder)


def segformer(folder: Path, *names: str) -> Path:
    """SegFormer: semantic segmentation."""
    transformers = library("transformers")
    seed()
    transformers.SegformerImageProcessor(size=SIDE).save_pretrained(folder)
    config = transformers.SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[2, 1],
        hidden_sizes=[8, 16],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[1, 2],
        mlp_ratios=[2, 2],
        decoder_hidden_size=16,
        **labels(*(names or LABELS)),
    )
    return save(transformers.SegformerForSemanticSegmentation(config), folder)


def panoptic(folder: Path) -> Path:
    """DETR with masks, on a tiny ResNet."""
    transformers = library("transformers")
    seed()
    transformers.DetrImageProcessor(
        size={"shortest_edge": 64, "longest_edge": 96}, format="coco_panoptic"
    ).save_pretrained(folder)
    config = transformers.DetrConfig(
        use_timm_backbone=False,
        backbone=None,
        use_pretrained_backbone=False,
        backbone_config=transformers.ResNetConfig(
            embedding_size=8,
            hidden_sizes=[8, 8, 16, 16],
            depths=[1, 1, 1, 1],
            out_features=["stage1", "stage2", "stage3", "stage4"],
        ),
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=8,
        decoder_attention_heads=8,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        num_queries=5,
        **labels(*LABELS),
    )
    model = transformers.DetrForSegmentation(config)
    model.detr.class_labels_classifier.bias.data[-1] = -20  # never "nothing"
    model.detr.class_labels_classifier.weight.data.mul_(20)
    return save(model, folder)


def depth(folder: Path, **more: Any) -> Path:
    """Depth Anything on DINOv2."""
    transformers = library("transformers")
    seed()
    transformers.DPTImageProcessor(
        size=SIDE, keep_aspect_ratio=True, ensure_multiple_of=8, resample=3
    ).save_pretrained(folder)
    config = transformers.DepthAnythingConfig(
        backbone_config=transformers.Dinov2Config(
            image_size=32,
            patch_size=8,
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            mlp_ratio=2,
            out_features=["stage1", "stage2"],
            reshape_hidden_states=False,
            apply_layernorm=True,
        ),
        patch_size=8,
        reassemble_hidden_size=16,
        reassemble_factors=[2, 1],
        neck_hidden_sizes=[8, 8],
        fusion_hidden_size=8,
        head_hidden_size=8,
        **more,
    )
    model = transformers.DepthAnythingForDepthEstimation(config)
    for weights in (*model.neck.parameters(), *model.head.parameters()):
        weights.data.mul_(10)  # random weights are too small to make a difference
    for layer in (model.head.conv2, model.head.conv3):
        layer.bias.data.fill_(1.0)  # and would leave nothing above zero
    return save(model, folder)


def pose(folder: Path) -> Path:
    """ViTPose with a detector of persons beside it."""
    transformers = library("transformers")
    seed()
    transformers.VitPoseImageProcessor(size={"height": 32, "width": 24}).save_pretrained(folder)
    config = transformers.VitPoseConfig(
        backbone_config=transformers.VitPoseBackboneConfig(
            image_size=[32, 24],
            patch_size=[8, 8],
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            mlp_ratio=2,
            out_indices=[2],
        ),
        **labels(*(f"joint {number}" for number in range(17))),
    )
    save(transformers.VitPoseForPoseEstimation(config), folder)
    detector(folder / "detector", "person")
    return folder
