"""Define the content of a checkpoint, names and shapes, and check it against limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from resnet_viz.errors import RequestError, first_line, show

__all__ = ["MAX_TENSORS", "Shapes", "checked_shape", "parse_json"]

Shapes: TypeAlias = Mapping[str, tuple[int, ...]]
"""The shape of each parameter and buffer by name, in the order of the file."""

MAX_TENSORS = 100_000
"""The most tensors of one checkpoint; ResNet-1202 has 7,212."""

MAX_NAME = 1_000  # characters of a tensor's name
MAX_RANK = 16  # dimensions of a tensor
MAX_SIZE = 2**40  # of one dimension


def checked_shape(name: object, shape: Any) -> tuple[int, ...]:
    """Check a tensor's name and shape, and return the shape as a tuple.

    Raises:
        RequestError: the name is no short text, or the shape is no short list of sizes.
    """
    if not isinstance(name, str) or len(name) > MAX_NAME:
        raise RequestError("tensor name: {name} (must be a short text)", name=show(name))
    if (
        not isinstance(shape, (list, tuple))
        or len(shape) > MAX_RANK
        or not all(type(size) is int and 0 <= size < MAX_SIZE for size in shape)
    ):
        raise RequestError(
            "{name}: shape {shape} (must be at most {rank} integers from 0 and below 2^40)",
            name=show(name),
            shape=show(shape),
            rank=MAX_RANK,
        )
    return tuple(shape)


def parse_json(data: bytes, what: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        RequestError: the text is not UTF-8, not JSON, nested too deep, or has a key twice.
    """
    try:
        return json.loads(data.decode(), object_pairs_hook=_unique)
    except UnicodeDecodeError as error:
        raise RequestError("{what}: not UTF-8 (byte {at})", what=what, at=error.start) from None
    except RecursionError:
        raise RequestError("{what}: nested too deep", what=what) from None
    except RequestError as error:
        raise RequestError("{what}: {error}", what=what, error=error) from None
    except ValueError as error:
        reason = first_line(error)
        raise RequestError("{what}: not JSON ({reason})", what=what, reason=reason) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise RequestError("key {key} stands twice", key=show(twice))
    return made
