"""Define the options of a figure that views read; `answers.figure_options` implements them."""

from __future__ import annotations

from typing import Protocol

from resnet_viz.view.detail import Detail

__all__ = ["FigureRequest"]


class FigureRequest(Protocol):
    """The options of a figure that affect its content."""

    @property
    def lang(self) -> str:
        """The language of the texts."""

    @property
    def detail(self) -> Detail:
        """The scopes to open."""

    @property
    def unroll(self) -> bool:
        """Whether to draw every repeat; the graph then has no repeated scopes."""

    @property
    def horizontal(self) -> bool:
        """Whether data flows horizontally; pairs of equal blocks then fold in the book's form."""

    @property
    def direction(self) -> str:
        """The direction of the data flow."""

    @property
    def lengths(self) -> str:
        """The scale of the lengths of feature maps, `log` or `linear`."""
