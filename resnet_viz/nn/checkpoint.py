"""Read a pickled checkpoint with torch, without executing code in it."""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch

from resnet_viz.errors import RequestError, first_line

__all__ = ["load_checkpoint"]

MAX_PICKLE = 50_000_000
"""The most bytes of the pickle in a file, which describes the tensors; their data is separate."""


def load_checkpoint(path: Path) -> Any:
    """Return the content of a file of `torch.save`: tensors, numbers and texts in lists and dicts.

    Tensors are memory-mapped, not read, except in files older than PyTorch 1.6.

    Raises:
        RequestError: the file is no checkpoint, or has objects of other classes.
    """
    zipped = zipfile.is_zipfile(path)
    if zipped:
        _check_archive(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)
    except Exception as error:  # a hostile pickle can raise anything
        named = re.search(r"GLOBAL (\S+) was not an allowed", str(error))
        if named:
            raise RequestError(
                "holds a {name}, which is code (must hold tensors, numbers and texts only: "
                "torch.save(model.state_dict(), …))",
                name=named[1],
            ) from None
        raise RequestError(
            "not a checkpoint of torch.save ({reason})", reason=first_line(error)[:80]
        ) from None


def _check_archive(path: Path) -> None:
    """Check that an archive is one that torch.save may have written."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise RequestError("not a whole archive ({reason})", reason=first_line(error)) from None
    names = [member.filename.partition("/")[2] for member in members]
    if any(name.startswith("code/") for name in names):
        raise RequestError("a TorchScript archive (must be a checkpoint: its state_dict, saved)")
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise RequestError("a compressed archive (torch.save writes none)")
    for member, name in zip(members, names, strict=True):
        if name == "data.pkl" and member.file_size > MAX_PICKLE:
            raise RequestError(
                "data.pkl: {size} bytes (must be at most {most})",
                size=member.file_size,
                most=MAX_PICKLE,
            )
