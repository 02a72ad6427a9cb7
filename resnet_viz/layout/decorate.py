"""Decorate a placed scene: add a legend, highlights, a title and a caption."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from resnet_viz.fonts import text_width
from resnet_viz.layout.metrics import FONT, GROUND, LEGEND, MARGIN
from resnet_viz.scene import Box, Circle, Group, Item, Run, Scene, Text

__all__ = ["captioned", "marked", "with_legend"]

TITLE = 11.0
LINE = 1.35
MIN_WIDTH = 150.0
"""The least width of a caption."""


def captioned(scene: Scene, title: str, caption: str) -> Scene:
    """Return a scene with a title above it and a caption below, each wrapped to its width."""
    if not title and not caption:
        return scene
    width = max(scene.width, MIN_WIDTH)
    (left, top), middle = scene.origin, scene.origin[0] + scene.width / 2
    above, below = wrapped(title, TITLE, width), wrapped(caption, FONT, width)
    items: list[Item] = []
    y = top - len(above) * TITLE * LINE - TITLE / 2 if above else top
    start = y
    for line in above:
        items.append(Text(middle, y + TITLE * LINE / 2, (Run(line),), TITLE))
        y += TITLE * LINE
    y = end = top + scene.height
    if below:
        y += FONT
    for line in below:
        items.append(Text(middle, y + FONT * LINE / 2, (Run(line),), FONT))
        y += FONT * LINE
    end = y
    return scene._replace(
        width=width,
        height=end - start,
        origin=(left - (width - scene.width) / 2, start),
        items=(*scene.items, *items),
        title=title or scene.title,
    )


def marked(scene: Scene, ids: Collection[str], colour: str) -> Scene:
    """Return a scene with a highlight behind each box, circle or group with one of the ids."""
    grounds = []
    for item in _found(scene.items, set(ids)):
        left, top, right, bottom = item.boxes
        width, height = right - left + 2 * GROUND, bottom - top + 2 * GROUND
        grounds.append(Box(left - GROUND, top - GROUND, width, height, fill=colour, outlined=False))
    assert grounds
    lefts, tops, rights, bottoms = zip(*(ground.bounds for ground in grounds), strict=True)
    x, y = scene.origin
    before, above = max(x + MARGIN - min(lefts), 0), max(y + MARGIN - min(tops), 0)
    after = max(max(rights) + MARGIN - x - scene.width, 0)
    below = max(max(bottoms) + MARGIN - y - scene.height, 0)
    return scene._replace(
        items=(*grounds, *scene.items),
        origin=(x - before, y - above),
        width=scene.width + before + after,
        height=scene.height + above + below,
    )


def _found(items: tuple[Item, ...], wanted: set[str]) -> Iterator[Box | Circle | Group]:
    """Yield the first item with each wanted id, and remove the id from `wanted`."""
    for item in items:
        if isinstance(item, (Box, Circle, Group)) and item.id in wanted:
            wanted.remove(item.id)
            yield item
        if isinstance(item, Group) and wanted:
            yield from _found(item.items, wanted)


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Return a text wrapped into lines of at most `width`; longer words are split.

    >>> wrapped("one two three", 9, 40)
    ['one two', 'three']
    """
    lines: list[str] = []
    line = ""
    for word in _words(text):
        longer = line + word
        if line and text_width(longer.rstrip(), "sans", size) > width:
            lines.append(line.rstrip())
            longer = word.lstrip()
        while (cut := _cut(longer, size, width)) < len(longer.rstrip()):
            lines.append(longer[:cut])
            longer = longer[cut:]
        line = longer
    return [*lines, line.rstrip()] if line.strip() else lines


def _cut(word: str, size: float, width: float) -> int:
    """Return the number of characters of a word that fit a width, at least one."""
    room = width
    for count, character in enumerate(word):
        room -= text_width(character, "sans", size)
        if room < 0:
            return max(count, 1)
    return len(word)


def _words(text: str) -> list[str]:
    """Return the pieces between which a line may break: words and Chinese characters."""
    words: list[str] = []
    word = ""
    for character in " ".join(text.split()):
        word += character
        if character == " " or ord(character) >= 0x2E80:
            words.append(word)
            word = ""
    return [*words, word] if word else words


def with_legend(scene: Scene, entries: Collection[tuple[str, str]], heading: str = "") -> Scene:
    """Return a scene with a legend below it: a heading, and each colour with its meaning."""
    if not entries and not heading:
        return scene
    left, top = scene.origin
    width = max(scene.width, MIN_WIDTH)
    x0 = left - (width - scene.width) / 2 + MARGIN
    x, y = x0, top + scene.height + FONT
    items: list[Item] = []
    for line in wrapped(heading, LEGEND.FONT, width - 2 * MARGIN):
        middle = y + LEGEND.HEIGHT / 2
        items.append(Text(x, middle, (Run(line),), LEGEND.FONT, anchor="start"))
        y += LEGEND.LINE
    for colour, words in entries:
        text = Text(0, 0, (Run(words),), LEGEND.FONT, anchor="start")
        if x > x0 and x + LEGEND.WIDTH + LEGEND.GAP + text.width > x0 + width - 2 * MARGIN:
            x, y = x0, y + LEGEND.LINE
        items.append(Box(x, y, LEGEND.WIDTH, LEGEND.HEIGHT, colour))
        x += LEGEND.WIDTH + LEGEND.GAP
        items.append(text._replace(x=x, y=y + LEGEND.HEIGHT / 2))
        x += text.width + LEGEND.BETWEEN
    return scene._replace(
        items=(*scene.items, *items),
        origin=(left - (width - scene.width) / 2, top),
        width=width,
        height=y + (LEGEND.HEIGHT if entries else 0) + MARGIN - top,
    )
