"""The families that make pictures and films, on tiny pipelines of the real classes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_diffusion
from expert_trials import StopAfter, Trial, attached, call_for, card_for, run
from PIL import Image, ImageDraw
from tiny_checkpoints import library, seed

from hgpt_desktop.core.errors import Cancelled, ExecutionFailed, InvalidInput, ModelDamaged, ModelMissing
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.experts.converting import convert
from hgpt_desktop.experts.registry import load_expert

STEPS = 3


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny pipelines of this file stand; each is made once."""
    library("requests")  # binds a socket when it is imported, to see whether there is IPv6
    return tmp_path_factory.mktemp("diffusion-models")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    drawn = Image.new("RGB", (70, 50), "white")
    ImageDraw.Draw(drawn).rectangle((10, 10, 40, 35), fill="green")
    drawn.save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def trial(
    loader: str,
    folder: Path,
    task: str,
    out: Path,
    options: dict[str, Any] | None = None,
    number: int | None = 7,
    **inputs: Any,
) -> Trial:
    expert = load_expert(
        card_for(loader, folder, **({"num_inference_steps": STEPS} | (options or {}))), "cpu"
    )
    assert expert.resident_bytes > 1000
    made = run(expert, call_for(task, out / "out", number, **inputs))
    expert.close()
    return made


def pixels(made: Trial) -> np.ndarray[Any, Any]:
    with Image.open(made.outputs[0].path) as image:
        return np.asarray(image)


def test_a_picture_is_drawn_step_by_step(models: Path, tmp_path: Path) -> None:
    folder = tiny_diffusion.stable_diffusion(models / "sd")
    first, again, other, chance = (
        trial(
            "diffusers-text-to-image",
            folder,
            "text-to-image",
            tmp_path / name,
            {"width": 32, "height": 16},
            number,
            text="the cat",
        )
        for name, number in (("a", 1), ("b", 1), ("c", 2), ("d", None))
    )
    assert first.outputs[0].kind is Kind.IMAGE
    assert pixels(first).shape == (16, 32, 3)
    assert np.array_equal(pixels(first), pixels(again))
    assert not np.array_equal(pixels(first), pixels(other))
    assert first.data == {"prompt": "the cat", "seed": 1, "steps": STEPS, "width_px": 32, "height_px": 16}
    assert first.progress == pytest.approx((0, 1 / 4, 2 / 4, 3 / 4, 1))
    repeated = trial(
        "diffusers-text-to-image",
        folder,
        "text-to-image",
        tmp_path / "e",
        {"width": 32, "height": 16},
        chance.data["seed"],
        text="the cat",
    )
    assert np.array_equal(pixels(chance), pixels(repeated))


def test_size_and_steps_are_those_of_the_call(models: Path, tmp_path: Path) -> None:
    folder = tiny_diffusion.stable_diffusion(models / "sd")
    made = trial(
        "diffusers-text-to-image", folder, "text-to-image", tmp_path, {"width": 32, "height": 16},
        text="the cat", width="50", steps="2",
    )  # fmt: skip
    assert (made.data["width_px"], made.data["height_px"], made.data["steps"]) == (48, 16, 2)
    assert made.progress == pytest.approx((0, 1 / 3, 2 / 3, 1))


def test_drawing_stops_within_a_step(models: Path, tmp_path: Path) -> None:
    expert = load_expert(
        card_for("diffusers-text-to-image", tiny_diffusion.stable_diffusion(models / "sd")), "cpu"
    )
    call = call_for("text-to-image", tmp_path / "out", text="the cat")
    stop, steps = StopAfter(3), []
    with pytest.raises(Cancelled):
        expert.run(call, lambda part, message: steps.append(message), stop)
    assert steps[-1].startswith("step 2 of ")
    assert not list(call.out_dir.iterdir())


def test_a_description_of_ten_thousand_words_is_no_trouble(models: Path, tmp_path: Path) -> None:
    folder = tiny_diffusion.stable_diffusion(models / "sd")
    words = "the red cat lives in paris . " * 1500
    assert len(words.split()) > 10_000
    made = trial(
        "diffusers-text-to-image", folder, "text-to-image", tmp_path, {"width": 32, "height": 16}, text=words
    )
    assert pixels(made).shape == (16, 32, 3)
    assert made.data["prompt"] == words.strip()


def test_an_empty_description_is_refused(models: Path, tmp_path: Path) -> None:
    expert = load_expert(
        card_for("diffusers-text-to-image", tiny_diffusion.stable_diffusion(models / "sd")), "cpu"
    )
    with pytest.raises(InvalidInput, match="empty"):
        run(expert, call_for("text-to-image", tmp_path / "out", text="  "))


def test_a_variation_keeps_more_of_the_picture_than_a_restyling(
    models: Path, picture: Path, tmp_path: Path
) -> None:
    folder = tiny_diffusion.stable_diffusion(models / "sd")
    steps = {
        name: trial(
            "diffusers-image-to-image", folder, "image-to-image", tmp_path / name,
            {"num_inference_steps": 10}, 7, image=picture, text="the cat", **said,
        ).data["steps"]
        for name, said in (
            ("plain", {}),
            ("style", {"kind": "style"}),
            ("variation", {"kind": "variation"}),
            ("said", {"kind": "variation", "strength": "0.8"}),
        )
    }  # fmt: skip
    assert steps == {"plain": 6, "style": 6, "variation": 4, "said": 8}


def test_a_picture_is_restyled(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_diffusion.stable_diffusion(models / "sd")
    little, much = (
        trial(
            "diffusers-image-to-image",
            folder,
            "image-to-image",
            tmp_path / name,
            {"strength": strength, "num_inference_steps": 4},
            image=picture,
            text="a cat",
        )
        for name, strength in (("a", 0.5), ("b", 1.0))
    )
    assert pixels(little).shape == (48, 72, 3)  # multiples of 8
    assert (little.data["steps"], much.data["steps"]) == (2, 4)
    assert len(little.progress) == 2 + 2
    assert not np.array_equal(pixels(little), pixels(much))


@pytest.mark.parametrize(("said", "steps"), [({}, 4), ({"steps": "2"}, 2), ({"steps": "150"}, 50)])
def test_a_model_made_for_few_steps_takes_those_it_learned(
    models: Path, tmp_path: Path, said: dict[str, Any], steps: int
) -> None:
    made = trial(
        "diffusers-text-to-image",
        tiny_diffusion.latent_consistency(models / "lcm"),
        "text-to-image",
        tmp_path,
        {"width": 32, "height": 16, "num_inference_steps": 4},
        text="the cat",
        **said,
    )
    assert pixels(made).shape == (16, 32, 3)
    assert made.data["steps"] == steps
    assert len(made.progress) == steps + 2


@pytest.mark.parametrize(
    ("said", "steps"), [({}, 4), ({"strength": "0.05"}, 2), ({"strength": "1", "steps": "6"}, 6)]
)
def test_a_model_made_for_few_steps_restyles_with_all_of_them(
    models: Path, picture: Path, tmp_path: Path, said: dict[str, str], steps: int
) -> None:
    card = card_for(
        "diffusers-image-to-image",
        tiny_diffusion.latent_consistency(models / "lcm"),
        longest_px=32,
        num_inference_steps=4,
    )
    expert = load_expert(replace(card, tasks=("image-to-image",)), "cpu")
    made = run(expert, call_for("image-to-image", tmp_path / "out", 7, image=picture, text="the cat", **said))
    assert max(pixels(made).shape) == 32
    assert made.data["steps"] == steps
    assert len(made.progress) == steps + 2


def test_a_picture_is_edited_by_instruction(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_diffusion.stable_diffusion(
        models / "edit", "StableDiffusionInstructPix2PixPipeline", channels=8
    )
    made = trial(
        "diffusers-image-to-image",
        folder,
        "image-to-image",
        tmp_path,
        {"longest_px": 32},
        image=picture,
        text="make it red",
    )
    assert max(pixels(made).shape) == 32
    assert made.data["prompt"] == "make it red"


def mask_picture(path: Path, box: tuple[int, int, int, int], size: tuple[int, int] = (70, 50)) -> Path:
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).rectangle(box, fill=255)
    mask.save(path)
    return path


@pytest.mark.parametrize(
    ("name", "class_name", "channels"),
    [("sd", "StableDiffusionPipeline", 4), ("paint", "StableDiffusionInpaintPipeline", 9)],
)
def test_only_the_masked_part_is_painted(
    models: Path, picture: Path, tmp_path: Path, name: str, class_name: str, channels: int
) -> None:
    folder = tiny_diffusion.stable_diffusion(models / name, class_name, channels)
    mask = mask_picture(tmp_path / "mask.png", (40, 20, 69, 49))
    made = trial(
        "diffusers-image-to-image", folder, "inpainting", tmp_path, {"longest_px": 32},
        image=picture, mask=mask, text="a cat",
    )  # fmt: skip
    with Image.open(picture) as image:
        given = np.asarray(image.convert("RGB"))
    assert pixels(made).shape == given.shape
    assert np.array_equal(pixels(made)[:, :35], given[:, :35])
    assert np.any(pixels(made)[25:, 45:] != given[25:, 45:])
    assert made.data["share"] == pytest.approx(30 * 30 / (70 * 50), abs=0.01)
    assert (made.data["width_px"], made.data["height_px"]) == (70, 50)
    assert made.progress[-1] == 1


def test_a_mask_is_read_out_of_an_earlier_result(picture: Path, tmp_path: Path) -> None:
    from hgpt_desktop.experts.masking import asked_mask
    from hgpt_desktop.experts.media import open_image
    from hgpt_desktop.experts.structures import Box, Detection, Detections, Region, Regions

    opened = open_image(picture)
    bits = np.zeros((50, 70), dtype=bool)
    bits[10:20, 30:60] = True
    region = Region.of(bits, opened, "cat", None)
    assert region is not None
    by_region = Regions.of(opened, "semantic", [region]).to_json()
    by_box = Detections(70, 50, (Detection("cat", 0.9, Box(30, 10, 59, 19)),)).to_json()
    for data in (by_region, by_box):
        call = call_for("inpainting", tmp_path / "out", image=picture, mask=picture)
        given = replace(attached(picture), data=data)
        mask = asked_mask(replace(call, inputs={**call.inputs, "mask": (given,)}), opened)
        assert np.array_equal(np.asarray(mask) > 0, bits)


def test_masks_that_cannot_be_used_are_refused(models: Path, picture: Path, tmp_path: Path) -> None:
    expert = load_expert(
        card_for("diffusers-image-to-image", tiny_diffusion.stable_diffusion(models / "sd")), "cpu"
    )
    empty = mask_picture(tmp_path / "empty.png", (-9, -9, -5, -5))
    tall = mask_picture(tmp_path / "tall.png", (0, 0, 5, 5), (20, 90))
    for mask, says in ((picture, "as its mask"), (empty, "mask is empty"), (tall, "another shape")):
        call = call_for("inpainting", tmp_path / "out", image=picture, mask=mask, text="a cat")
        with pytest.raises(InvalidInput, match=says):
            run(expert, call)


def test_a_guide_steers_the_picture(models: Path, picture: Path, tmp_path: Path) -> None:
    tiny_diffusion.stable_diffusion(models / "sd")
    folder = tiny_diffusion.controlnet(models / "canny")
    options = {"base": "sd", "longest_px": 32}
    made = trial(
        "diffusers-controlnet", folder, "canny-text-to-image", tmp_path, options, image=picture, text="a cat"
    )
    assert made.data["guide"] == "canny"
    assert pixels(made).shape == (24, 32, 3)
    with pytest.raises(ModelMissing) as missing:
        load_expert(card_for("diffusers-controlnet", folder, base="sd-not-there"), "cpu")
    assert "hgpt models install sd-not-there" in missing.value.hint


def test_a_film_is_made_and_can_be_played(models: Path, tmp_path: Path) -> None:
    av = library("av")
    options = {"width": 16, "height": 16, "num_frames": 9, "frames_per_s": 8, "num_inference_steps": 2}
    made = trial(
        "diffusers-text-to-video",
        tiny_diffusion.wan(models / "wan"),
        "text-to-video",
        tmp_path,
        options,
        text="a cat works",
    )
    film = made.outputs[0]
    assert (film.kind, film.media_type) == (Kind.VIDEO, "video/mp4")
    assert (made.data["frames"], made.data["seconds"]) == (9, 1.125)
    longer = trial(
        "diffusers-text-to-video", tiny_diffusion.wan(models / "wan"), "text-to-video", tmp_path / "b",
        options, text="a cat works", seconds="2",
    )  # fmt: skip
    assert (longer.data["frames"], longer.data["seconds"]) == (17, 2.125)
    with av.open(str(film.path)) as container:
        frames = list(container.decode(video=0))
        assert container.streams.video[0].average_rate == 8
    assert len(frames) == 9
    assert (frames[0].width, frames[0].height) == (16, 16)


def test_a_picture_begins_to_move(models: Path, picture: Path, tmp_path: Path) -> None:
    options = {"longest_px": 32, "num_frames": 5, "frames_per_s": 8, "num_inference_steps": 2}
    made = trial(
        "diffusers-text-to-video", tiny_diffusion.wan(models / "mover", begins_with_picture=True),
        "image-to-video", tmp_path, options, image=picture,
    )  # fmt: skip
    assert made.outputs[0].kind is Kind.VIDEO
    assert made.data["prompt"] == "gentle natural movement"
    assert (made.data["frames"], made.data["width_px"], made.data["height_px"]) == (5, 32, 32)
    assert made.progress == pytest.approx((0, 1 / 3, 2 / 3, 1))


def test_a_pipeline_for_pictures_alone_lets_them_move(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_diffusion.wan_mover(models / "wan-mover")
    options: dict[str, Any] = {"longest_px": 32, "multiple": 16, "num_frames": 5, "num_inference_steps": 2}
    card = card_for("diffusers-text-to-video", folder, **options)
    expert = load_expert(replace(card, tasks=("image-to-video",)), "cpu")
    made = run(expert, call_for("image-to-video", tmp_path / "out", 7, image=picture, text="a cat works"))
    assert (made.data["frames"], made.data["width_px"], made.data["height_px"]) == (5, 32, 16)
    assert made.progress == pytest.approx((0, 1 / 3, 2 / 3, 1))


@pytest.mark.parametrize("task", ["text-to-video", "image-to-video"])
def test_ltx_makes_films_from_words_and_from_pictures(
    models: Path, picture: Path, tmp_path: Path, task: str
) -> None:
    given: dict[str, Any] = {"image": picture} if task == "image-to-video" else {}
    options = {"width": 32, "height": 32, "longest_px": 32, "num_frames": 9, "num_inference_steps": 2}
    folder = tiny_diffusion.ltx(models / f"ltx-{task}")
    made = trial("diffusers-text-to-video", folder, task, tmp_path, options, text="a cat works", **given)
    assert (made.data["frames"], made.data["width_px"], made.data["height_px"]) == (9, 32, 32)
    assert made.progress == pytest.approx((0, 1 / 3, 2 / 3, 1))


def test_a_model_does_only_what_its_card_says(models: Path, picture: Path, tmp_path: Path) -> None:
    card = card_for("diffusers-text-to-video", tiny_diffusion.wan(models / "teller"))
    expert = load_expert(replace(card, tasks=("text-to-video",)), "cpu")
    with pytest.raises(ExecutionFailed, match="cannot do image-to-video"):
        run(expert, call_for("image-to-video", tmp_path / "out", image=picture))


def test_a_film_of_odd_size_loses_a_line(tmp_path: Path) -> None:
    from hgpt_desktop.experts.films import write_film

    frames = [Image.new("RGB", (31, 21), shade) for shade in ("red", "green", "blue")]
    call = call_for("text-to-video", tmp_path / "out")
    film = write_film(call, frames, 4, {}, lambda: False)
    with library("av").open(str(film.path)) as container:
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert [frame.shape for frame in shown] == [(20, 30, 3)] * 3
    assert [int(frame.mean(axis=(0, 1)).argmax()) for frame in shown] == [0, 1, 2]
    film.path.unlink()
    with pytest.raises(Cancelled):
        write_film(call, frames, 4, {}, StopAfter(1))
    assert not list(call.out_dir.iterdir())


def test_a_pipeline_without_its_index_is_damaged(models: Path, tmp_path: Path) -> None:
    folder = tiny_diffusion.stable_diffusion(models / "torn")
    index = folder / "model_index.json"
    told = json.loads(index.read_text())
    index.write_text(json.dumps(told | {"unet": ["diffusers", "NoSuchModel"]}))
    with pytest.raises(ModelDamaged):
        load_expert(card_for("diffusers-text-to-image", folder), "cpu")
    index.unlink()
    with pytest.raises(ModelDamaged, match=r"model_index\.json"):
        load_expert(card_for("diffusers-text-to-image", folder), "cpu")


# ---------------------------------------------------------------- guides


def test_edges_lie_where_the_picture_changes(picture: Path, tmp_path: Path) -> None:
    made = run(
        load_expert(card_for("opencv", None), "cpu"),
        call_for("canny-control", tmp_path / "out", image=picture),
    )
    edges = pixels(made)[..., 0] > 0
    assert edges.shape == (50, 70)
    assert edges[9:12, 15:35].any(axis=0).all()  # the rectangle's upper side
    assert not edges[15:30, 15:35].any()  # its inside
    assert made.data["share"] == pytest.approx(edges.mean(), abs=0.001)


def test_straight_lines_are_found_in_the_pixels_of_the_file(tmp_path: Path) -> None:
    drawn = Image.new("RGB", (200, 100), "white")
    ImageDraw.Draw(drawn).rectangle((40, 20, 160, 80), fill="black")
    drawn.save(tmp_path / "box.png")
    expert = load_expert(card_for("opencv", None), "cpu")
    made = run(expert, call_for("mlsd-control", tmp_path / "out", image=tmp_path / "box.png"))
    assert len(made.data["lines"]) == 4
    x1, y1, x2, y2 = made.data["lines"][0]  # the longest: one of the long sides
    assert abs(x2 - x1) == pytest.approx(120, abs=4)
    assert abs(y2 - y1) < 2
    assert (pixels(made) > 0).any()


def test_soft_edges_come_from_the_network(models: Path, picture: Path, tmp_path: Path) -> None:
    from hgpt_desktop.experts.soft_edges import network

    seed()
    (models / "hed").mkdir()
    widths = (4, 4, 4, 4, 4)
    library("safetensors.torch").save_file(
        network(widths).state_dict(), str(models / "hed" / "model.safetensors")
    )
    expert = load_expert(card_for("hed", models / "hed", widths=list(widths)), "cpu")
    made = run(expert, call_for("hed-control", tmp_path / "out", image=picture))
    assert pixels(made).shape == (50, 70, 3)
    with pytest.raises(ModelDamaged):
        load_expert(card_for("hed", models / "hed"), "cpu")


def test_published_soft_edge_weights_are_converted(models: Path, picture: Path, tmp_path: Path) -> None:
    """They are published as a pickle, in half precision."""
    from hgpt_desktop.experts.soft_edges import network

    torch = library("torch")
    seed()
    weights = {name: tensor.half() for name, tensor in network().state_dict().items()}
    torch.save(weights, tmp_path / "ControlNetHED.pth")
    folder = models / "converted-hed"
    assert convert(tmp_path / "ControlNetHED.pth", folder / "model.safetensors", "hed") == len(weights)
    expert = load_expert(card_for("hed", folder), "cpu")
    made = run(expert, call_for("hed-control", tmp_path / "out", image=picture))
    assert pixels(made).shape == (50, 70, 3)
    weights["norm"] = weights["norm"].int()
    torch.save(weights, tmp_path / "other.pth")
    with pytest.raises(InvalidInput, match="does not hold the weights of HED"):
        convert(tmp_path / "other.pth", folder / "model.safetensors", "hed")


def test_the_network_is_the_one_that_the_weights_are_of() -> None:
    from hgpt_desktop.experts.soft_edges import network

    weights = network().state_dict()
    assert sum(tensor.numel() for tensor in weights.values()) == 14_716_168
    assert weights["block3.convs.2.weight"].shape == (256, 256, 3, 3)
    assert weights["norm"].shape == (1, 3, 1, 1)
