"""Show a field for a checkpoint file; the browser reads it and sends only names and shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from resnet_viz.app.components.mount import COMPONENTS, component
from resnet_viz.export.assets import asset
from resnet_viz.text.page import translate

__all__ = ["MAX_TENSORS", "check_tensors", "checkpoint"]

MAX_HEADER = 50 * 2**20  # bytes
MAX_TENSORS, MAX_NAME, MAX_RANK, MAX_SIZE = 20_000, 300, 8, 2**31

HTML = (
    '<div class="checkpoint"><label><span></span>'
    '<input type="file" accept=".safetensors,.pth,.pt,.bin"></label><p role="alert"></p></div>'
)


def checkpoint(*, lang: str, key: str, heard: Callable[[], None]) -> None:
    """Show the field.

    Args:
        lang: the language of its texts.
        key: the key of the component; `st.session_state[key]["read"]` has the name of the `file`
            and its `tensors`, shapes by name.
        heard: the function to call when a file has been read.
    """
    component("checkpoint", HTML, js=asset("torch_file.js", COMPONENTS))(
        key=key,
        data={
            "most": MAX_HEADER,
            "words": {
                name: translate(lang, name) for name in ("checkpoint", "too_long", "no_header")
            },
        },
        on_read_change=heard,
    )


def check_tensors(sent: object) -> dict[str, tuple[int, ...]] | None:
    """Return the shapes by name that a browser sent, or None if they are not legal.

    >>> check_tensors({"fc.weight": [10, 512]}), check_tensors({"fc.weight": "all"})
    ({'fc.weight': (10, 512)}, None)
    """
    if not isinstance(sent, Mapping) or not 0 < len(sent) <= MAX_TENSORS:
        return None
    if not all(map(_is_legal, sent, sent.values())):
        return None
    return {name: tuple(shape) for name, shape in sent.items()}


def _is_legal(name: object, shape: object) -> bool:
    return (
        isinstance(name, str)
        and len(name) <= MAX_NAME
        and isinstance(shape, list)
        and len(shape) <= MAX_RANK
        and all(type(size) is int and 0 <= size < MAX_SIZE for size in shape)
    )
