"""Turns a PyTorch checkpoint into safetensors, once, when a model is installed.

    python -m hgpt_desktop.experts.converting SRC DST --as timm:efficientnet_lite0

Nothing of the checkpoint is executed (`weights_only`). Its tensors are taken in their order and get the
names that timm, or the program's own network (`--as hed`), gives them; every shape must agree. Exit
codes: 0 done, 2 the file is not what was named, 3 a library is missing or the disk is full.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hgpt_desktop.core.errors import DiskFull, EnvironmentFault, ExitCode, HgptError, InvalidInput

if TYPE_CHECKING:
    import torch


def convert(source: Path, target: Path, form: str) -> int:
    """Write `target` from `source`; it is replaced as a whole or not at all.

    Args:
        form: `timm:<architecture>`; or `hed`, whose weights are kept in half precision where they are so.

    Returns:
        How many tensors were written.

    Raises:
        InvalidInput: unknown form, or the checkpoint is unreadable, unsafe or of another architecture.
        EnvironmentFault: a library is missing; `DiskFull`.
    """
    try:
        from safetensors.torch import save_file

        architecture, expected = _expected(form)
    except ImportError as error:
        raise EnvironmentFault(
            "The libraries for converting models are not installed.",
            "`hgpt doctor` says what to mend.",
            str(error),
        ) from error
    kept = _tensors(source)
    if len(kept) != len(expected):
        raise _other_architecture(
            source, architecture, f"it has {len(kept)} tensors, the architecture {len(expected)}"
        )
    renamed: dict[str, torch.Tensor] = {}
    for (name, like), (own_name, tensor) in zip(expected.items(), kept, strict=True):
        if like.shape != tensor.shape or tensor.dtype not in _dtypes(form, like):
            raise _other_architecture(
                source,
                architecture,
                f"{own_name} is {tuple(tensor.shape)} {tensor.dtype}, "
                f"{name} is {tuple(like.shape)} {like.dtype}",
            )
        renamed[name] = tensor.contiguous().clone()
    draft = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        save_file(renamed, draft, metadata={"format": "pt", "architecture": architecture})
        draft.chmod(0o644)  # as any other file; safetensors makes it private
        os.replace(draft, target)
    except OSError as error:
        raise DiskFull(
            f"{target.name} cannot be written.", f"Check the disk and the folder {target.parent}.", str(error)
        ) from error
    finally:
        if draft.exists():
            draft.unlink()
    return len(renamed)


def _expected(form: str) -> tuple[str, Mapping[str, torch.Tensor]]:
    """The name of the architecture, and its tensors in their order."""
    library, _, architecture = form.partition(":")
    if form == "hed":
        from hgpt_desktop.experts.soft_edges import network

        return "HED", network().state_dict()
    if library != "timm" or not architecture:
        raise InvalidInput(
            f"{form!r} is not a form to convert to.", "Write it as timm:<architecture> or hed."
        )
    import timm

    if architecture not in timm.list_models(architecture):
        raise InvalidInput(
            f"timm has no architecture {architecture}.",
            "Check `convert` in the model's entry of models.yaml.",
        )
    return architecture, timm.create_model(architecture, pretrained=False).state_dict()


def _dtypes(form: str, like: torch.Tensor) -> tuple[torch.dtype, ...]:
    """How a tensor may be kept: a network of our own takes half precision too."""
    import torch

    return (like.dtype, torch.float16) if form == "hed" else (like.dtype,)


def _tensors(source: Path) -> list[tuple[str, torch.Tensor]]:
    """The checkpoint's tensors in their order."""
    import torch

    if not source.is_file():
        raise InvalidInput(f"There is no file {source}.", "Check its name.")
    try:
        kept = torch.load(source, map_location="cpu", weights_only=True)
    except Exception as error:  # the border to a parser that raises anything on a bad file
        raise InvalidInput(
            f"{source.name} is not a checkpoint that can be read safely.",
            "It may be damaged, or contain code; only plain weights are taken.",
            f"{type(error).__name__}: {str(error).partition(chr(10))[0]}",
        ) from error
    if not isinstance(kept, dict) or not all(isinstance(tensor, torch.Tensor) for tensor in kept.values()):
        raise InvalidInput(
            f"{source.name} holds something else than named tensors.", "Only plain weights are taken."
        )
    return [(str(name), tensor) for name, tensor in kept.items()]


def _other_architecture(source: Path, architecture: str, detail: str) -> InvalidInput:
    return InvalidInput(
        f"{source.name} does not hold the weights of {architecture}.",
        "Check that it is the file that models.yaml names.",
        detail,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m hgpt_desktop.experts.converting", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--as", dest="form", required=True, metavar="timm:ARCHITECTURE|hed")
    given = parser.parse_args(arguments)
    try:
        count = convert(given.source, given.target, given.form)
    except HgptError as error:
        print(error, file=sys.stderr)
        if error.detail:
            print(error.detail, file=sys.stderr)
        return int(error.exit_code)
    print(f"{given.target.name}: {count} tensors")
    return int(ExitCode.DONE)


if __name__ == "__main__":
    sys.exit(main())
