"""What fields hold to a form in a part of a Streamlit page; what is typed there, Python hears of.

Each of Streamlit's own fields takes its time of the server in every run of the page, and a spec of
four stages has nearly seventy. This form is one element, whatever it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from resnet_viz.app.components.mount import component
from resnet_viz.app.form_fields import MAX_TEXT, Typed, describe_fields
from resnet_viz.spec.model import MAX_STAGES
from resnet_viz.text.page import pattern

__all__ = ["form"]

COLUMNS = ("blocks", "channels", "stride", "block", "shortcut")
"""The fields of a stage that are always seen; others are below its row when that is open. What fits
beside each other there, `form.css` and `page.SIDEBAR` say."""

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

    The browser keeps what is typed and sends all of it with each edit, and again while nothing is
    heard of it, so that no edit is lost to a slow answer or a lost connection: it takes what Python
    says from an answer that knows its last edit, or that the fields were filled anew since.

    Args:
        typed: what the fields hold.
        revision: the number of the edit that `typed` knows, as the browser counts.
        filling: which `session` filled the fields, and which `number` of its fillings it was.
        wrong: the `place` of a field, what it is called (`where`) and what is wrong (`text`).
        shares: of each stage, its `bars` (`share` from 0 to 1, and `text`) and a `warning`, if any.
        lang: of the labels.
        key: tells this form from others; `st.session_state[key]["edited"]` is what was sent, its
            `values` like `typed`, its `revision`, the `filling` that was edited, and the `gesture`
            that it is part of: steps of a number without a pause are one gesture.
        heard: is called when something was sent.
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
