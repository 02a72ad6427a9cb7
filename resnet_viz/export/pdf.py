"""Write a scene as a one-page PDF with vectors and selectable text, by vl-convert."""

from __future__ import annotations

import re

from resnet_viz.export.renderer import drawable, renderer
from resnet_viz.scene import Scene

__all__ = ["write"]

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_ENTRIES = re.compile(rb"(?: +/\w+ \d+ 0 R\n){2,}")


def write(scene: Scene) -> bytes:
    """Return a scene as the bytes of a PDF file whose page is as large as the scene.

    Raises:
        RequestError: vl-convert is not installed, or no font has some of the characters.
    """
    vl_convert = renderer(".pdf")
    return _ordered(vl_convert.svg_to_pdf(drawable(scene)))


def _ordered(file: bytes) -> bytes:
    """Return a PDF file with its objects renumbered in the order of their first reference.

    vl-convert numbers fonts in a different order each time. Each line of the cross-reference table
    has 20 bytes (ISO 32000-1, 7.5.4).
    """
    start = int(file[file.rindex(b"startxref") :].split()[1])
    count = int(file[start:].split(None, 3)[2])
    head = file.index(b"\n", start + len(b"xref\n")) + 1
    rows = [file[head + 20 * i : head + 20 * (i + 1)] for i in range(count)]
    trailer = file[head + 20 * count :]
    begins = {i: int(row[:10]) for i, row in enumerate(rows) if row[17:18] == b"n"}
    ends = dict(zip(sorted(begins.values()), [*sorted(begins.values())[1:], start], strict=True))
    objects = {}
    for number, begin in begins.items():
        words, stream, data = file[begin : ends[begin]].partition(b"stream\n")
        words = _ENTRIES.sub(lambda found: b"".join(sorted(found[0].splitlines(True))), words)
        objects[number] = words.partition(b"obj\n")[2], stream + data
    order: dict[int, int] = {}
    waiting = [int(number) for number in reversed(_REFERENCE.findall(trailer))]
    while waiting:
        number = waiting.pop()
        if number not in order:
            order[number] = len(order) + 1
            waiting += map(int, reversed(_REFERENCE.findall(objects[number][0])))

    def renumbered(words: bytes) -> bytes:
        return _REFERENCE.sub(lambda found: b"%d 0 R" % order[int(found[1])], words)

    made, table = file[: min(begins.values())], [b"0000000000 65535 f \n"]
    for number, new in order.items():
        words, stream = objects[number]
        table.append(b"%010d 00000 n \n" % len(made))
        made += b"%d 0 obj\n" % new + renumbered(words) + stream
    trailer = re.sub(rb"/Size \d+", b"/Size %d" % len(table), renumbered(trailer))
    trailer = re.sub(rb"startxref\s+\d+", b"startxref\n%d" % len(made), trailer)
    return made + b"xref\n0 %d\n" % len(table) + b"".join(table) + trailer
