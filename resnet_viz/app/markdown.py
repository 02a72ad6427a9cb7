"""Text from outside as Markdown that shows it to the letter."""

from __future__ import annotations

import re

__all__ = ["escaped"]


def escaped(text: str) -> str:
    r"""Return a text with what Markdown would read marked as plain.

    >>> escaped("*a* <b>")
    '\\*a\\* \\<b\\>'
    """
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\\\1", text)
