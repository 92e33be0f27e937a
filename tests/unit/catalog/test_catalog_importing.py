"""Models of the user's own: cards, language models as GGUF, checkpoints in the hub's layout."""

from __future__ import annotations

import json
import os
import pickle
import zipfile
from pathlib import Path

import pytest
import yaml
from catalog_files import Shelf, content_of, file_entry, gguf_header, gguf_text, model_entry
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.catalog.gguf import read_header
from hgpt_desktop.catalog.importing import models_at
from hgpt_desktop.catalog.progress import InstallProgress
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import InvalidInput

WEIGHTS = content_of(5000)


def ignore(progress: InstallProgress) -> None:
    """Nobody watches."""


def text(value: str) -> bytes:
    return gguf_text(value)


def number(value: int) -> bytes:
    return value.to_bytes(4, "little")


def texts(*values: str) -> bytes:
    return number(8) + len(values).to_bytes(8, "little") + b"".join(map(gguf_text, values))


LLM = [
    ("general.architecture", 8, text("llama")),
    ("general.name", 8, text("My Model 1B")),
    ("general.license", 8, text("mit")),
    ("general.languages", 9, texts("en", "fr")),
    ("llama.block_count", 4, number(16)),
    ("llama.embedding_length", 4, number(2048)),
    ("llama.attention.head_count", 4, number(32)),
    ("llama.attention.head_count_kv", 4, number(8)),
    ("llama.context_length", 4, number(131072)),
    ("tokenizer.ggml.tokens", 9, texts(*(f"token {n}" for n in range(1000)))),
    ("tokenizer.ggml.scores", 9, number(6) + (1000).to_bytes(8, "little") + bytes(4000)),
    ("tokenizer.chat_template", 8, text("{{ messages }}")),
]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "shelf", network=False)
    made.write()
    return made


@pytest.fixture
def llm(tmp_path: Path) -> Path:
    path = tmp_path / "My Model 1B.Q4_K_M.gguf"
    path.write_bytes(gguf_header(LLM) + WEIGHTS)
    return path


def checkpoint(folder: Path, architecture: str = "ViTForImageClassification") -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"architectures": [architecture]}), encoding="utf-8")
    safetensors(folder / "model.safetensors", "F32", 10)
    (folder / "preprocessor_config.json").write_text("{}", encoding="utf-8")
    (folder / "README.md").write_text("not part of it", encoding="utf-8")
    (folder / "pytorch_model.bin").write_bytes(b"not part of it")
    return folder


def test_the_header_gives_numbers_texts_and_short_lists(llm: Path) -> None:
    header = read_header(llm)
    assert header["general.name"] == "My Model 1B"
    assert header["general.languages"] == ["en", "fr"]
    assert header["llama.block_count"] == 16
    assert header["tokenizer.chat_template"] == "{{ messages }}"
    assert "tokenizer.ggml.tokens" not in header


def test_a_loose_gguf_becomes_a_controller(shelf: Shelf, llm: Path) -> None:
    card = shelf.store().import_path(llm, ignore, CancelToken())
    assert card.id == "my-model-1b.q4_k_m"
    assert (card.name, card.loader, card.licence, card.languages) == (
        "My Model 1B",
        "llama.cpp",
        "mit",
        ("en", "fr"),
    )
    assert card.options == {"controller": True}
    assert card.installed
    assert "conversational" in card.tasks
    # 16 layers, 8 heads of 64 numbers for keys and values, 16 bits each, for 8192 tokens
    assert card.memory_bytes == llm.stat().st_size + 16 * 8 * (64 + 64) * 2 * 8192 + (300 << 20)
    assert shelf.read("my-model-1b.q4_k_m/model.gguf") == llm.read_bytes()
    assert shelf.store().verify(card) == []


def test_the_imported_model_outlives_its_origin_and_shows_damage(shelf: Shelf, llm: Path) -> None:
    card = shelf.store().import_path(llm, ignore, CancelToken())
    llm.unlink()
    path = shelf.models / card.id / "model.gguf"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"!")
    assert [problem.path for problem in shelf.store().verify(shelf.card(card.id))] == ["model.gguf"]


def test_another_file_under_a_taken_id_is_refused(shelf: Shelf, llm: Path) -> None:
    shelf.store().import_path(llm, ignore, CancelToken())
    llm.write_bytes(llm.read_bytes() + b"longer")
    with pytest.raises(InvalidInput, match="another model called"):
        shelf.store().import_path(llm, ignore, CancelToken())


@pytest.mark.parametrize("cut", [0, 3, 4, 8, 20, 24, 40, 200])
def test_a_gguf_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(gguf_header(LLM)[:cut])
    with pytest.raises(InvalidInput, match="not a complete GGUF"):
        read_header(path)


def tensor(name: str, numbers: tuple[int, ...], kind: int, place: int) -> bytes:
    """The description of a tensor, as it stands behind the header."""
    shape = b"".join(one.to_bytes(8, "little") for one in numbers)
    return text(name) + number(len(numbers)) + shape + number(kind) + place.to_bytes(8, "little")


def with_tensors(path: Path, there: int) -> Path:
    """A GGUF of two tensors (64 numbers of Q4_0, 8 of F32), of which so much is there."""
    header = gguf_header(LLM)
    header = header[:8] + (2).to_bytes(8, "little") + header[16:]
    header += tensor("a", (64,), 2, 0) + tensor("b", (4, 2), 0, 64)
    path.write_bytes(header + bytes(-len(header) % 32) + bytes(there))
    return path


def test_a_gguf_whose_tensors_are_cut_short_is_not_taken(tmp_path: Path) -> None:
    (card,) = models_at(with_tensors(tmp_path / "whole.gguf", 96))
    assert card.id == "whole"
    for there in (95, 64, 10, 0):
        with pytest.raises(InvalidInput, match="not a complete GGUF") as caught:
            models_at(with_tensors(tmp_path / "cut.gguf", there))
        assert f"96 bytes, and {there} are there" in caught.value.detail


def test_a_language_model_that_comes_in_is_judged_by_its_size(tmp_path: Path) -> None:
    def quality(size_bytes: int) -> float:
        path = tmp_path / "one.gguf"
        path.write_bytes(gguf_header(LLM))
        os.truncate(path, size_bytes)  # it takes no room on the disk
        (card,) = models_at(path)
        return card.quality

    small, usual, large = quality(100_000_000), quality(1_100_000_000), quality(17_000_000_000)
    assert 0.05 <= small < 0.4 <= usual < 0.5 < large <= 0.8


@given(st.binary(max_size=200))
def test_no_header_brings_the_reader_down(tmp_path_factory: pytest.TempPathFactory, rest: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.gguf"
    path.write_bytes(b"GGUF" + number(3) + rest)
    try:
        header = read_header(path)
    except InvalidInput:
        return  # the answer to almost everything; any other exception fails the test
    assert isinstance(header, dict)


@pytest.mark.parametrize(
    "value",
    [
        (9, number(8) + (1 << 62).to_bytes(8, "little")),
        (9, number(9) + (1).to_bytes(8, "little")),
        (8, (1 << 62).to_bytes(8, "little")),
        (77, b""),
        (8, (2).to_bytes(8, "little") + b"\xff\xff"),
    ],
)
def test_lengths_that_cannot_be_right_are_refused(tmp_path: Path, value: tuple[int, bytes]) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(gguf_header([("key", *value)]))
    with pytest.raises(InvalidInput):
        read_header(path)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([("general.architecture", 8, text("clip"))], "not a language model"),
        ([("general.name", 8, text("x"))], "not a language model"),
        ([("general.architecture", 8, text("llama"))], "no chat template"),
    ],
)
def test_a_gguf_that_cannot_plan_is_refused(
    tmp_path: Path, entries: list[tuple[str, int, bytes]], words: str
) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(gguf_header(entries))
    with pytest.raises(InvalidInput, match=words):
        models_at(path)


def test_a_folder_with_a_card_is_taken(shelf: Shelf, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(WEIGHTS)
    entry = model_entry("mine", {"path": "model.safetensors"}, tasks=["depth-estimation"])
    (folder / "card.yaml").write_text(yaml.safe_dump(entry), encoding="utf-8")
    card = shelf.store().import_path(folder, ignore, CancelToken())
    assert card.installed
    assert [one.id for one in shelf.index().candidates("depth-estimation")] == ["mine"]


def test_a_card_without_its_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "card.yaml").write_text(yaml.safe_dump(model_entry("mine", {"path": "x"})), encoding="utf-8")
    with pytest.raises(InvalidInput, match="lacks the file x"):
        models_at(tmp_path)
    (tmp_path / "card.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(InvalidInput, match="line"):
        models_at(tmp_path)


def test_a_card_cannot_reach_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    folder = tmp_path / "mine"
    folder.mkdir()
    entry = model_entry("mine", {"path": "../secret"})
    (folder / "card.yaml").write_text(yaml.safe_dump(entry), encoding="utf-8")
    with pytest.raises(InvalidInput, match="not a plain path"):
        models_at(folder)


def test_a_pickle_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    for number_, write in enumerate((_plain_pickle, _torch_pickle)):
        folder = tmp_path / str(number_)
        folder.mkdir()
        write(folder / "weights.pt")
        entry = model_entry("mine", {"path": "weights.pt"})
        (folder / "card.yaml").write_text(yaml.safe_dump(entry), encoding="utf-8")
        with pytest.raises(InvalidInput, match="pickle"):
            models_at(folder)


def _plain_pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps({"a": 1}))


def _torch_pickle(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", b"")


def test_a_checkpoint_of_the_hub_is_taken_by_its_architecture(shelf: Shelf, tmp_path: Path) -> None:
    card = shelf.store().import_path(checkpoint(tmp_path / "My ViT"), ignore, CancelToken())
    assert (card.id, card.loader, card.tasks) == (
        "my-vit",
        "transformers-image-classification",
        ("image-classification",),
    )
    assert sorted(file.path for file in card.files) == [
        "config.json",
        "model.safetensors",
        "preprocessor_config.json",
    ]


def test_a_single_safetensors_file_needs_its_config_beside_it(shelf: Shelf, tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "vit")
    (folder / "other.safetensors").write_bytes(b"another one")
    card = shelf.store().import_path(folder / "model.safetensors", ignore, CancelToken())
    assert "other.safetensors" not in [file.path for file in card.files]
    alone = tmp_path / "alone.safetensors"
    alone.write_bytes(WEIGHTS)
    with pytest.raises(InvalidInput, match="alone does not say what it is"):
        models_at(alone)


@pytest.mark.parametrize("cut", [0, 5, 30, 110])
def test_safetensors_cut_short_are_not_taken(tmp_path: Path, cut: int) -> None:
    folder = checkpoint(tmp_path / "vit")
    whole = (folder / "model.safetensors").read_bytes()
    assert len(whole) > cut
    (folder / "model.safetensors").write_bytes(whole[:cut])
    with pytest.raises(InvalidInput, match=r"model\.safetensors is not a complete"):
        models_at(folder)


@pytest.mark.parametrize(
    "architecture", ["ViltForVisualQuestionAnswering", "LayoutLMForQuestionAnswering", "Unheard"]
)
def test_architectures_that_need_more_are_left_to_a_card(tmp_path: Path, architecture: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        models_at(checkpoint(tmp_path / "x", architecture))
    assert "card.yaml" in caught.value.hint


def test_a_checkpoint_of_pickles_is_refused(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "x")
    (folder / "model.safetensors").unlink()
    with pytest.raises(InvalidInput, match="safetensors"):
        models_at(folder)


def test_what_is_no_model_says_what_a_model_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    for path in (tmp_path, tmp_path / "notes.txt", tmp_path / "nothing"):
        with pytest.raises(InvalidInput) as caught:
            models_at(path)
        assert caught.value.hint


def test_a_model_is_not_imported_from_the_models_folder(shelf: Shelf, llm: Path) -> None:
    card = shelf.store().import_path(llm, ignore, CancelToken())
    with pytest.raises(InvalidInput, match="already"):
        shelf.store().import_path(shelf.models / card.id, ignore, CancelToken())


def test_an_id_of_the_catalogue_stands_for_the_catalogues_file_only(shelf: Shelf, llm: Path) -> None:
    shelf.write(model_entry("my-model-1b.q4_k_m", file_entry("weights.gguf", b"x", "hub:a/b@main/x")))
    with pytest.raises(InvalidInput, match="in the catalogue"):
        shelf.store().import_path(llm, ignore, CancelToken())


# ---------------------------------------------------------------- what a model is


def safetensors(path: Path, dtype: str, count: int) -> None:
    size = {"F32": 4, "BF16": 2}[dtype] * count
    header = json.dumps({"a": {"dtype": dtype, "shape": [count], "data_offsets": [0, size]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(size))


@pytest.mark.parametrize(
    ("config", "loader", "tasks"),
    [
        ({"architectures": ["BertForMaskedLM"]}, "transformers-fill-mask", ("fill-mask",)),
        (
            {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "score"}},
            "transformers-text-ranking",
            ("text-ranking",),
        ),
        (
            {
                "architectures": ["DebertaV2ForSequenceClassification"],
                "id2label": {"0": "Entailment", "1": "x"},
            },
            "transformers-text-classification",
            ("zero-shot-classification", "text-classification"),
        ),
        (
            {"architectures": ["TapasForQuestionAnswering"]},
            "transformers-table-qa",
            ("table-question-answering",),
        ),
        (
            {"architectures": ["ClapModel"]},
            "transformers-zero-shot-audio",
            ("zero-shot-audio-classification",),
        ),
    ],
)
def test_the_config_says_loader_and_tasks(
    tmp_path: Path, config: dict[str, object], loader: str, tasks: tuple[str, ...]
) -> None:
    folder = checkpoint(tmp_path / "model")
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    safetensors(folder / "model.safetensors", "BF16", 3_000_000)
    (card,) = models_at(folder)
    assert (card.loader, card.tasks) == (loader, tasks)
    assert str(config["architectures"][0]) in card.description  # type: ignore[index]
    assert "BF16, 3.0 million numbers" in card.description


def test_a_pipeline_is_taken_with_its_parts(shelf: Shelf, tmp_path: Path) -> None:
    folder = tmp_path / "My Painter"
    (folder / "unet").mkdir(parents=True)
    (folder / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}', encoding="utf-8")
    safetensors(folder / "unet" / "diffusion_pytorch_model.safetensors", "F32", 10)
    (folder / "unet" / "config.json").write_text("{}", encoding="utf-8")
    (folder / "notes.txt").write_text("not part of it", encoding="utf-8")
    card = shelf.store().import_path(folder, ignore, CancelToken())
    assert (card.loader, card.tasks, card.installed) == ("diffusers-text-to-image", ("text-to-image",), True)
    assert shelf.read("my-painter/unet/config.json") == b"{}"
    assert {file.path for file in card.files} == {
        "model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors",
    }  # fmt: skip
    (folder / "model_index.json").write_text('{"_class_name": "StableDiffusionInpaintPipeline"}')
    with pytest.raises(InvalidInput, match="StableDiffusionInpaintPipeline"):
        models_at(folder)


def test_whisper_as_ctranslate2_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "my-whisper"
    folder.mkdir()
    (folder / "config.json").write_text('{"alignment_heads": [[1, 2]]}', encoding="utf-8")
    for name in ("model.bin", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes(b"x")
    (card,) = models_at(folder)
    assert (card.loader, card.tasks) == ("faster-whisper", ("automatic-speech-recognition",))
    assert {file.path for file in card.files} == {
        "config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.txt",
    }


def test_a_cache_of_the_hub_gives_every_model_that_can_be_taken(
    shelf: Shelf, tmp_path: Path, llm: Path
) -> None:
    cache = tmp_path / "hub"
    for revision, count in (("aaa", 10), ("bbb", 20)):
        snapshot = checkpoint(cache / "models--acme--Fine-ViT" / "snapshots" / revision)
        blob = cache / "models--acme--Fine-ViT" / "blobs" / revision
        blob.parent.mkdir(exist_ok=True)
        safetensors(blob, "F32", count)
        (snapshot / "model.safetensors").unlink()
        (snapshot / "model.safetensors").symlink_to(blob)
    (cache / "models--acme--Fine-ViT" / "refs").mkdir()
    (cache / "models--acme--Fine-ViT" / "refs" / "main").write_text("aaa", encoding="utf-8")
    place = cache / "models--acme--My-Model-GGUF" / "snapshots" / "ccc"
    place.mkdir(parents=True)
    (place / llm.name).write_bytes(llm.read_bytes())
    checkpoint(cache / "models--acme--odd" / "snapshots" / "ddd", "Unheard")
    cards = shelf.store().import_all(cache, ignore, CancelToken())
    assert [(card.id, card.source) for card in cards] == [
        ("fine-vit", "imported from acme/Fine-ViT@aaa"),
        ("my-model-1b.q4_k_m", "imported from acme/My-Model-GGUF@ccc"),
    ]
    assert (shelf.models / "fine-vit" / "model.safetensors").stat().st_size < 200
    assert not (shelf.models / "fine-vit" / "model.safetensors").is_symlink()
    (tmp_path / "other").mkdir()
    (cache / "models--acme--odd").rename(tmp_path / "other" / "models--acme--odd")
    with pytest.raises(InvalidInput, match="no model that can be taken"):
        models_at(tmp_path / "other")


def test_a_gguf_tells_its_architecture_and_precision(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf_header([*LLM, ("general.file_type", 4, number(15))]) + WEIGHTS)
    (card,) = models_at(path)
    assert "(llama, Q4_K_M)" in card.description
