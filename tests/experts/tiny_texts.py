"""Tiny models that read texts and tables."""

from __future__ import annotations

from pathlib import Path

from tiny_checkpoints import bert_sizes, labels, library, save, seed, word_tokenizer


def bert(folder: Path, class_name: str, *names: str) -> Path:
    transformers = library("transformers")
    tokenizer = word_tokenizer(folder)
    seed()
    config = transformers.BertConfig(**bert_sizes(tokenizer), **(labels(*names) if names else {}))
    return save(getattr(transformers, class_name)(config), folder)


def bart(folder: Path, *special: str) -> Path:
    transformers = library("transformers")
    tokenizer = word_tokenizer(folder, special=special, segments=False)
    seed()
    config = transformers.BartConfig(
        vocab_size=len(tokenizer),
        d_model=16,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=64,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.bos_token_id,
        forced_eos_token_id=tokenizer.eos_token_id,
    )
    return save(transformers.BartForConditionalGeneration(config), folder)


def tapas(folder: Path) -> Path:
    """A reader of tables with its operators."""
    transformers = library("transformers")
    tokenizer = word_tokenizer(folder, extra=["[EMPTY]"])
    words = sorted(tokenizer.get_vocab().items(), key=lambda pair: pair[1])
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word, _ in words), encoding="utf-8")
    (folder / "tokenizer.json").unlink()
    seed()
    config = transformers.TapasConfig(
        **bert_sizes(tokenizer),
        num_aggregation_labels=4,
        aggregation_labels={0: "NONE", 1: "SUM", 2: "AVERAGE", 3: "COUNT"},
        average_logits_per_cell=False,
    )
    return save(transformers.TapasForQuestionAnswering(config), folder)
