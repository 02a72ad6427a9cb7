"""Escape texts for Markdown."""

from __future__ import annotations

import re

__all__ = ["escaped", "linked"]


def escaped(text: str) -> str:
    r"""Return a text with Markdown's special characters escaped.

    >>> escaped("*a* <b>")
    '\\*a\\* \\<b\\>'
    """
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\\\1", text)


def linked(source: str) -> str:
    r"""Return a source as Markdown, with links to papers and the book.

    >>> linked("He et al. 2015, arXiv 1512.03385, Table 1")
    'He et al\\. 2015, [arXiv 1512\\.03385](https://arxiv.org/abs/1512.03385), Table 1'
    """
    parts = re.split(r"(arXiv \d{4}\.\d{5}|Dive into Deep Learning)", source)
    return "".join(
        f"[{escaped(part)}]({_address(part)})" if i % 2 else escaped(part)
        for i, part in enumerate(parts)
    )


def _address(name: str) -> str:
    if name.startswith("arXiv"):
        return f"https://arxiv.org/abs/{name.removeprefix('arXiv ')}"
    return "https://d2l.ai/chapter_convolutional-modern/resnet.html"
