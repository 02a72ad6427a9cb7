"""Strip the payload from protocol buffers: reduce a large file to its description.

A message is a sequence of fields, each with a number, a wire type and a value
(https://protobuf.dev/programming-guides/encoding). Only the kept fields are copied; the others are
skipped and never read from disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.errors import RequestError

__all__ = ["ONNX", "Message", "stripped"]

MAX_FIELDS = 1_000_000
MAX_BYTES = 32_000_000  # of all kept fields
MAX_VALUE = 65_536  # bytes of one kept text or list of numbers
MAX_DEPTH = 12

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class Message(NamedTuple):
    """A kind of message.

    Attributes:
        inside: the kinds of the fields that are messages to strip in turn, by field number.
        payload: the numbers of the fields that are dropped if they are long.
        longest: the most bytes of such a field to keep.
    """

    inside: Mapping[int, str]
    payload: frozenset[int] = frozenset()
    longest: int = MAX_VALUE


ONNX: Mapping[str, Message] = MappingProxyType(
    {
        "model": Message({7: "graph", 25: "function"}),
        "graph": Message({1: "node", 5: "tensor", 11: "value", 12: "value", 13: "value"}),
        "function": Message({7: "node"}),
        "node": Message({5: "attribute"}),
        "attribute": Message({5: "tensor", 6: "graph", 10: "tensor", 11: "graph"}),
        "tensor": Message({}, frozenset({4, 5, 6, 7, 9, 10, 11}), 1_024),
        "value": Message({}),
    }
)
"""The messages of an `.onnx` file (onnx/onnx.proto); the payload of a tensor is its elements."""


def stripped(data: memoryview, kind: str, messages: Mapping[str, Message]) -> bytes:
    """Return a message without its payload fields.

    Raises:
        RequestError: the message is truncated, not legal, or too large for a description.
    """
    return _Reader(data, messages).message(0, len(data), kind, 0)


class _Reader:
    def __init__(self, data: memoryview, messages: Mapping[str, Message]) -> None:
        self.data = data
        self.messages = messages
        self.fields = 0
        self.kept = 0

    def message(self, at: int, end: int, kind: str, depth: int) -> bytes:
        if depth > MAX_DEPTH:
            raise RequestError("nested deeper than {most}", most=MAX_DEPTH)
        inside, payload, longest = self.messages[kind]
        made = bytearray()
        while at < end:
            self.fields += 1
            if self.fields > MAX_FIELDS:
                raise RequestError("more than {most} fields", most=MAX_FIELDS)
            start = at
            tag, at = self.varint(at, end)
            number, wire = tag >> 3, tag & 7
            if wire == _BYTES:
                length, at = self.varint(at, end)
                value, at = at, at + length
                if at > end:
                    raise RequestError("cut off, or not of this format (byte {at})", at=value)
                if number in inside:
                    inner = self.message(value, at, inside[number], depth + 1)
                    made += bytes(self.data[start : start + 1]) if tag < 128 else _varint(tag)
                    made += _varint(len(inner)) + inner
                    continue
                if length > (longest if number in payload else MAX_VALUE):
                    continue
            elif wire == _VARINT:
                _, at = self.varint(at, end)
            elif wire in (_FIXED64, _FIXED32):
                at += 8 if wire == _FIXED64 else 4
            else:
                raise RequestError("not of this format (byte {at})", at=start)
            if at > end:
                raise RequestError("cut off, or not of this format (byte {at})", at=start)
            self.kept += at - start
            if self.kept > MAX_BYTES:
                raise RequestError("a description of more than {most} bytes", most=MAX_BYTES)
            made += self.data[start:at]
        return bytes(made)

    def varint(self, at: int, end: int) -> tuple[int, int]:
        """Return a number encoded with seven bits per byte, and the position after it."""
        value = shift = 0
        while at < end and shift < 64:
            byte = self.data[at]
            value |= (byte & 127) << shift
            at, shift = at + 1, shift + 7
            if byte < 128:
                return value, at
        raise RequestError("cut off, or not of this format (byte {at})", at=at)


def _varint(value: int) -> bytes:
    """Return a number encoded with seven bits per byte.

    >>> _varint(300).hex()
    'ac02'
    """
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])
