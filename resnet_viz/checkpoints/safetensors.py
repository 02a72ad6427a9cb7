"""Read names and shapes from the header of a `.safetensors` file, without reading the tensors."""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import prod
from typing import Any, BinaryIO

from resnet_viz.checkpoints.shapes import MAX_TENSORS, Shapes, checked_shape, parse_json
from resnet_viz.errors import RequestError, show

__all__ = ["read_header"]

MAX_HEADER = 10_000_000
"""The most bytes of a header, enough for 100,000 tensors; the format allows 100,000,000."""

_BITS = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("BOOL", "I8", "U8", "F8_E4M3", "F8_E5M2", "F8_E8M0"), 8),
    **dict.fromkeys(("F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}
"""The bits of one element, by the format's name of the dtype."""


def read_header(file: BinaryIO) -> Shapes:
    """Return the shape of each tensor in the header.

    The format is: eight bytes with the length of the header, little-endian; the header, a JSON
    object; and the tensors, one after the other without gaps
    (https://huggingface.co/docs/safetensors/index#format).

    Raises:
        RequestError: the file has another format, or its header is inconsistent or does not match
            the size of the file.
    """
    size = os.fstat(file.fileno()).st_size
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or 8 + length > size:
        raise RequestError(
            "not a whole .safetensors file: {size} bytes (its header alone must have {length})",
            size=size,
            length=8 + length if len(start) == 8 else "8 or more",
        )
    if length > MAX_HEADER:
        raise RequestError(
            "header: {length} bytes (must be at most {most})", length=length, most=MAX_HEADER
        )
    header = parse_json(file.read(length), "header")
    if not isinstance(header, dict):
        raise RequestError("header: {value} (must be a JSON object)", value=show(header))
    header.pop("__metadata__", None)
    if len(header) > MAX_TENSORS:
        raise RequestError(
            "header: {count} tensors (must be at most {most})",
            count=len(header),
            most=MAX_TENSORS,
        )
    parts = [(*_checked(name, entry), name) for name, entry in header.items()]
    _check_layout(parts, size - 8 - length)
    return {name: tuple(entry["shape"]) for name, entry in header.items()}


def _checked(name: str, entry: Any) -> tuple[int, int]:
    """Check a tensor's entry in the header, and return where its data begins and ends."""
    if not isinstance(entry, Mapping) or not {"dtype", "shape", "data_offsets"} <= entry.keys():
        raise RequestError(
            "{name}: {value} (must have dtype, shape and data_offsets)",
            name=show(name),
            value=show(entry),
        )
    kind, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(kind, str) or kind not in _BITS:
        raise RequestError(
            "{name}: dtype {kind} (must be one of {legal})",
            name=show(name),
            kind=show(kind),
            legal=list(_BITS),
        )
    checked_shape(name, shape)
    if (
        not isinstance(offsets, list)
        or len(offsets) != 2
        or not all(type(offset) is int for offset in offsets)
        or not 0 <= offsets[0] <= offsets[1]
    ):
        raise RequestError(
            "{name}: data_offsets {offsets} (must be where it begins and where it ends)",
            name=show(name),
            offsets=show(offsets),
        )
    begin, end = offsets
    if (end - begin) * 8 != prod(shape) * _BITS[kind]:
        raise RequestError(
            "{name}: {bytes} bytes (a {kind} of the shape {shape} has {needed})",
            name=show(name),
            bytes=show(end - begin),
            kind=kind,
            shape=show(shape),
            needed=show(prod(shape) * _BITS[kind] // 8),
        )
    return begin, end


def _check_layout(parts: list[tuple[int, int, str]], size: int) -> None:
    """Check that the tensors fill the rest of the file, one after the other."""
    reached, before = 0, "the header"
    for begin, end, name in sorted(parts):
        if begin != reached:
            raise RequestError(
                "{name}: begins at byte {begin} (must begin at {reached}, where {before} ends)",
                name=show(name),
                begin=show(begin),
                reached=show(reached),
                before=before,
            )
        reached, before = end, show(name)
    if reached != size:
        raise RequestError(
            "the tensors need {needed} bytes (the file has {size} for them)",
            needed=show(reached),
            size=size,
        )
