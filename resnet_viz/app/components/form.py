"""Show the form of a spec on a Streamlit page as one component, which sends edits to Python.

Each of Streamlit's own fields takes server time in every run of the page, and a spec of four stages
has nearly seventy fields. This form is a single element, whatever its number of fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from resnet_viz.app.components.mount import component
from resnet_viz.app.form_fields import MAX_TEXT, Typed, describe_fields
from resnet_viz.spec.model import MAX_STAGES
from resnet_viz.text.page import pattern

__all__ = ["form"]

COLUMNS = ("blocks", "channels", "stride", "block", "shortcut")
"""The fields of a stage that are always visible; the others are below its row when it is open. The
widths are in `form.css` and `page.SIDEBAR`."""

SAID = (
    *("of_stage", "of_part", "stem", "head", "whole", "stages", "add", "input"),
    *("up", "down", "copy", "remove", "change_stage", "kinds_of", "lost"),
    *("every", "every_field", "every_help"),
)


def form(
    typed: Typed,
    *,
    revision: int,
    filling: Mapping[str, object],
    wrong: Mapping[str, str] | None,
    shares: Sequence[Mapping[str, object]],
    lang: str,
    key: str,
    heard: Callable[[], None],
) -> None:
    """Show the fields of a spec.

    The browser keeps all typed values and sends all of them with each edit, and again until an
    answer includes that edit, so that no edit is lost to a slow answer or a lost connection. It
    accepts the values of an answer that includes its last edit, or after which the fields were
    filled anew.

    Args:
        typed: the values of the fields.
        revision: the number of the last edit in `typed`, counted by the browser.
        filling: the `session` that filled the fields, and the `number` of that filling.
        wrong: an error: the `place` of the field, its name (`where`) and the message (`text`).
        shares: for each stage, its `bars` (`share` from 0 to 1, and `text`) and an optional
            `warning`.
        lang: the language of the labels.
        key: the key of this form; `st.session_state[key]["edited"]` has the last edit: `values`
            like `typed`, its `revision`, the edited `filling`, and its `gesture`. Steps of a number
            without a pause are one gesture.
        heard: the function to call when an edit has been sent.
    """
    component("form", '<div class="form"></div>')(
        key=key,
        data={
            "values": typed,
            "revision": revision,
            "filling": filling,
            "wrong": wrong,
            "shares": shares,
            "fields": describe_fields(lang),
            "columns": COLUMNS,
            "most": MAX_STAGES,
            "longest": MAX_TEXT,
            "words": {name: pattern(lang, name) for name in SAID},
        },
        on_edited_change=heard,
    )
