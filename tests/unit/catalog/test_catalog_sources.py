"""Sources and paths: what is a source, what leads out of the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from hgpt_desktop.catalog.sources import (
    HubFile,
    LocalFile,
    WebFile,
    Wheel,
    WheelMember,
    WheelMembers,
    parse_source,
    safe_path,
)

REVISION = "0123456789abcdef0123456789abcdef01234567"


def test_a_hub_source_names_repository_revision_and_path() -> None:
    source = parse_source(f"hub:org/some.repo-1@{REVISION}/unet/model.fp16.safetensors")
    assert source == HubFile("org/some.repo-1", REVISION, "unet/model.fp16.safetensors")
    assert source.pinned
    assert source.url_path == f"org/some.repo-1/resolve/{REVISION}/unet/model.fp16.safetensors"


def test_the_branch_main_is_a_source_that_may_change() -> None:
    source = parse_source("hub:org/repo@main/model.gguf")
    assert isinstance(source, HubFile)
    assert not source.pinned


def test_a_wheel_source_names_a_member_also_inside_an_inner_zip() -> None:
    assert parse_source("wheel:some-model==1.0/data/x.bin") == WheelMembers(
        (WheelMember(Wheel("some-model", "1.0"), "data/x.bin"),)
    )
    assert parse_source("wheel:some-model==1.0/data/model.zip!sub/config.json") == WheelMembers(
        (WheelMember(Wheel("some-model", "1.0"), "sub/config.json", inner="data/model.zip"),)
    )


def test_joined_wheel_parts_keep_their_order_and_name_each_wheel_once() -> None:
    source = parse_source("wheel:b==1/x + wheel:a==2/y + wheel:b==1/z")
    assert isinstance(source, WheelMembers)
    assert [member.member for member in source.members] == ["x", "y", "z"]
    assert source.wheels == (Wheel("b", "1"), Wheel("a", "2"))


def test_wheels_that_pip_takes_for_one_wait_under_one_name() -> None:
    assert Wheel("Some_Model", "1.0").file_name == Wheel("some-model", "1.0").file_name


def test_files_of_this_machine_and_of_the_web() -> None:
    assert parse_source("file:/tmp/a b.gguf") == LocalFile(Path("/tmp/a b.gguf"))
    assert parse_source("https://example.org/a/b.onnx") == WebFile("https://example.org/a/b.onnx")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "model.gguf",
        "ftp://example.org/x",
        "http://example.org/x",
        "https://user:secret@example.org/x",
        "hub:repo@main/x",
        "hub:org/repo/x",
        "hub:org/repo@v1/x",
        "hub:org/repo@0123/x",
        "hub:org/repo@main/",
        "hub:org/repo@main/../x",
        "hub:../repo@main/x",
        "wheel:pkg/x",
        "wheel:pkg>=1/x",
        "wheel:pkg==1",
        "wheel:--index-url==1/x",
        "wheel:pkg==1 --pre/x",
        "wheel:pkg==1/../x",
        "wheel:pkg==1/a.zip!../x",
        "wheel:pkg==1/a!b!c/../x",
        "wheel:pkg==1/x + hub:org/repo@main/y",
        "hub:org/repo@main/x + wheel:pkg==1/y",
        "file:model.gguf",
    ],
)
def test_what_is_not_a_source_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"'.*'"):
        parse_source(text)


@pytest.mark.parametrize(
    "text",
    ["", ".", "/x", "..", "../x", "a/../b", "a//b", "./a", "a/", "C:x", "a\\b", "a\nb", "nul\0", "a?b"],
)
def test_paths_that_lead_elsewhere_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="plain path"):
        safe_path(text)


@pytest.mark.parametrize("text", ["model.gguf", "unet/config.json", "a b/c..d", ".hidden"])
def test_plain_paths_are_taken(text: str) -> None:
    assert safe_path(text) == text
