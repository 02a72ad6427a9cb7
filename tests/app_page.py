"""Drive the page with Streamlit's own test runner."""

import base64
import json
import random
import re
import zlib
from copy import deepcopy
from pathlib import Path

from streamlit.testing.v1 import AppTest

from resnet_viz.app.catalogue import is_known
from resnet_viz.app.form_fields import check_form, describe_fields
from resnet_viz.app.state import Config

APP = Path(__file__).parents[1] / "app.py"


def visit(**link) -> AppTest:
    """Open the page with an address, as a visitor would."""
    page = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in link.items():
        page.query_params[name] = value
    page.session_state["open upload"] = True
    return ran(page)


def ran(page: AppTest) -> AppTest:
    page.run()

    assert not page.exception, page.exception[0].value
    return page


def config(page: AppTest) -> Config:
    return page.session_state["session"].config


def totals(page: AppTest) -> list[str]:
    return [metric.value.partition(" · ")[0] for metric in page.metric[:4]]


def field(page: AppTest, name: str):
    """Return a control whose key changes with the page's filling and language."""
    session = page.session_state["session"]
    keys = {widget.key for widget in (*page.selectbox, *page.multiselect)}
    known = session.config.spec.name if is_known(session.config.spec) else ""
    names = (name, f"{name}:{session.config.lang}", f"{name}/{known}")
    (key,) = {session.key(one) for one in names} & keys or {session.key(name)}
    return page.get_by_key(key)


def typed(page: AppTest) -> dict:
    """Return a copy of the values in the spec's form."""
    return deepcopy(page.session_state["session"].typed)


def put(page: AppTest, values: dict) -> AppTest:
    """Send the values of the form, as the browser does."""
    session = page.session_state["session"]
    found = check_form(json.loads(json.dumps(values)))
    assert found is not None
    session.type(found, session.revision + 1)
    return ran(page)


def type_in(page: AppTest, place: str, text: object) -> AppTest:
    """Type into a field of the form, such as `stages[0].blocks` or `head.classes`."""
    values = typed(page)
    part, _, name = place.partition(".")
    stage = re.fullmatch(r"stages\[(\d+)\]", part)
    (values["stages"][int(stage[1])] if stage else values[part])[name] = text
    return put(page, values)


def shown(page: AppTest) -> dict:
    """Return the data that the page sends to the form in the browser."""
    sent = [json.loads(one.proto.json) for one in page.get("bidi_component")]
    (form,) = [data for data in sent if "fields" in data]
    return form


def wrong(page: AppTest) -> dict | None:
    """Return the error in the form."""
    return shown(page)["wrong"]


def link_of(page: AppTest) -> dict[str, str]:
    values = dict(page.query_params).items()
    return {name: value if isinstance(value, str) else value[0] for name, value in values}


def places() -> list[tuple[str, str]]:
    """Return the place and sort of each field of the form; of the stages, only the first."""
    return [
        (f"{'stages[0]' if part == 'stages' else part}.{field['name']}", field["sort"])
        for part, known in describe_fields("en").items()
        for field in known
    ]


def edit_of(page: AppTest, blocks: str) -> dict[str, object]:
    """Return an edit of the first stage's blocks, as the browser sends it."""
    session = page.session_state["session"]
    values = typed(page)
    values["stages"][0]["blocks"] = blocks
    return {
        "values": values,
        "revision": session.revision + 1,
        "filling": dict(session.filling),
    }


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(data)).decode().rstrip("=")


def stages(page: AppTest, chance: random.Random) -> None:
    values = typed(page)
    some = [*values["stages"], dict(chance.choice(values["stages"]))]
    chance.shuffle(some)
    put(page, {**values, "stages": some[: chance.randrange(1, 9)]})


def looks(page: AppTest, chance: random.Random) -> None:
    control = chance.choice([box for box in page.selectbox if not box.disabled])
    control.select_index(chance.randrange(len(control.options)))
