"""The app's figure in a real browser, in a small app of its own."""

import re

import pytest
from browser import served, visits
from scenes import HOSTILE

from resnet_viz.export.assets import asset
from resnet_viz.text.page import VIEWER

APP = """
import dataclasses
import streamlit as st
from scenes import HOSTILE, scene_of
from resnet_viz import ResNetSpec, Stage, draw
from resnet_viz.app.components.figure import figure

st.set_page_config(layout="wide")
asked = st.query_params
runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
names = ["tiny", "edited", "resnet50"]
name = st.radio("network", names, index=names.index(asked.get("network", "tiny")))
stages = (Stage(2, 16), Stage(2, 32, stride=2))
network = {
    "tiny": ResNetSpec(stages=stages),
    "edited": ResNetSpec(stages=(*stages, Stage(1, 64, stride=2))),
}.get(name, name)
drawing = draw(
    network,
    depth="op" if name == "resnet50" else "block",
    theme=asked.get("theme", "d2l"),
    direction=asked.get("direction", "up"),
    lang=asked.get("lang", "en"),
)
if "hostile" in asked:
    drawing = dataclasses.replace(drawing, scene=scene_of(HOSTILE[int(asked["hostile"])], "two"))
words = {"search": "搜索", "zoom_in": "放大"} if asked.get("lang") == "zh" else {}
if not st.checkbox("hide"):
    opened = figure(drawing, words, selected=st.session_state.get("path", ""), key="figure")
    if opened is not None:
        st.session_state["path"] = opened
st.button("again")
st.text(f"path {st.session_state.get('path', '')!r} after {runs} runs")
for line in range(40):
    st.text(f"line {line}")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve the app, and say where."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "app.py").write_text(APP, encoding="utf-8")
    options = (
        "--browser.gatherUsageStats=false",
        "--server.fileWatcherType=none",
        "--server.address=localhost",
        "--browser.serverAddress=localhost",
    )
    with served(folder / "app.py", folder, *options) as server:
        yield server.address


@pytest.fixture
def opened(browser, address):
    """Open the app with a query; it must not log errors or request other hosts."""
    with visits(browser, address) as visit:

        def opened(query: str = "", **options):
            options = {"viewport": {"width": 1440, "height": 900}, **options}
            page = visit(f"{address}?{query}", **options)
            page.locator(".stage > svg").wait_for()
            page.get_by_text("line 39").wait_for(state="attached")
            return page

        yield opened


def view_box(page) -> list[float]:
    return [float(n) for n in page.get_attribute(".stage > svg", "viewBox").split()]


def until_said(page, path: str) -> None:
    page.get_by_text(f"path '{path}' after").wait_for()


def runs(page) -> int:
    return int(re.search(r"after (\d+) runs", page.get_by_text("path '").inner_text())[1])


def until_run_again(page, before: int) -> None:
    page.wait_for_function(
        "before => Number(/after (\\d+) runs/.exec(document.body.innerText)?.[1]) > before",
        arg=before,
    )


def middle(page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, dx: float, dy: float) -> None:
    box = page.locator(".stage").bounding_box()
    x, y = box["x"] + 60, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()


def test_a_click_on_a_box_tells_python_its_path(opened) -> None:
    page = opened()
    page.click('rect[id="layer2.0"]')
    until_said(page, "layer2.0")

    page.locator('rect[id="layer2.0"][aria-pressed="true"]').wait_for()
    assert page.locator('.stage [aria-pressed="true"]').count() == 1
    before = runs(page)
    page.click('rect[id="layer2.0"]')  # a second click is one more
    until_run_again(page, before)
    page.click('rect[id="fc"]')
    until_said(page, "fc")


def test_a_click_beside_a_stages_boxes_tells_python_the_stage(opened) -> None:
    page = opened()
    frame = page.locator('g[id="layer1"] > .scope').bounding_box()
    page.mouse.click(frame["x"] + 2, frame["y"] + frame["height"] / 2)

    until_said(page, "layer1")
    page.locator('g[id="layer1"] > .scope[aria-pressed="true"]').wait_for()


def test_moving_and_zooming_ask_python_nothing(opened) -> None:
    page = opened()
    asked = []
    page.on("websocket", lambda socket: asked.append(socket.url))
    x, y, width, height = view_box(page)
    drag(page, 80, 30)
    moved = view_box(page)
    per_point = page.locator(".stage").bounding_box()["width"] / width

    assert moved[:2] == pytest.approx([x - 80 / per_point, y - 30 / per_point], abs=0.01)
    assert moved[2:] == pytest.approx([width, height])
    page.mouse.move(*middle(page, 'rect[id="layer1.0"]'))  # to drag a box is not to click it
    page.mouse.down()
    page.mouse.move(*middle(page, ".stage"), steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Zoom in").click()
    assert view_box(page)[2] == pytest.approx(width / 1.3)
    page.mouse.move(*middle(page, ".stage"))
    page.mouse.wheel(0, -200)
    page.wait_for_function(
        "w => document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot"
        ".querySelector('.stage > svg').viewBox.baseVal.width < w",
        arg=width / 1.4,
    )
    page.get_by_role("button", name="Show the whole figure").click()
    assert view_box(page) == pytest.approx([x, y, width, height])
    page.wait_for_timeout(300)
    assert (runs(page), asked) == (1, [])


def test_the_wheel_scrolls_the_page_until_the_figure_is_used(opened) -> None:
    page = opened()
    before = view_box(page)
    page.mouse.move(*middle(page, ".stage"))
    page.mouse.wheel(0, 100)
    page.get_by_text(VIEWER["wheel"]).wait_for()
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 0")

    assert view_box(page) == before
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_timeout(100)
    assert view_box(page)[2] == pytest.approx(before[2] / 1.35, rel=0.01)


def test_the_view_survives_reruns_and_edits(opened) -> None:
    page = opened()
    page.click('rect[id="conv1"]')
    until_said(page, "conv1")  # what is chosen may be out of sight, and stays there
    page.locator(".stage > svg").evaluate("svg => { svg.here = true; }")
    for _ in range(3):
        page.get_by_role("button", name="Zoom in").click()
    drag(page, -40, 150)
    before = view_box(page)
    page.get_by_role("button", name="again").click()
    until_run_again(page, 2)
    page.wait_for_timeout(200)

    assert view_box(page) == before
    assert page.get_attribute('rect[id="conv1"]', "aria-pressed") == "true"
    assert middle(page, 'rect[id="conv1"]')[1] > middle(page, ".stage")[1] + 320
    assert page.locator(".stage > svg").evaluate("svg => svg.here")  # it was not drawn anew
    ids = ["layer1.0", "layer2.0"]
    places = [middle(page, f'rect[id="{id}"]') for id in ids]
    page.get_by_text("edited").click()
    page.locator('rect[id="layer3.0"]').wait_for(state="attached")
    after = view_box(page)

    assert after[2:] == pytest.approx(before[2:])
    assert page.get_attribute('rect[id="conv1"]', "aria-pressed") == "true"
    assert places == [pytest.approx(middle(page, f'rect[id="{id}"]'), abs=0.1) for id in ids]


def test_a_figure_that_was_not_moved_is_shown_whole_after_each_edit(opened) -> None:
    page = opened()
    page.get_by_text("edited").click()
    page.locator('rect[id="layer3.0"]').wait_for()
    stage = page.locator(".stage").bounding_box()
    for box in page.locator(".stage rect[id]").all():
        place = box.bounding_box()

        assert stage["y"] <= place["y"]
        assert place["y"] + place["height"] <= stage["y"] + stage["height"]


def test_a_quite_different_figure_is_shown_whole(opened) -> None:
    page = opened()
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_text("resnet50").click()
    page.locator('rect[id="layer4.0.conv1"]').wait_for()
    stage, top = (page.locator(s).bounding_box()["y"] for s in (".stage", 'rect[id="fc"]'))

    assert top == pytest.approx(stage + 16, abs=8)


def test_search_marks_and_goes_to_what_it_finds(opened) -> None:
    page = opened()
    page.locator(".stage").focus()
    page.keyboard.press("/")
    page.keyboard.type("layer2.")

    assert page.locator("output").inner_text() == "2"
    assert page.locator("rect[id].hit").count() == 2
    page.keyboard.press("Enter")
    assert page.locator("output").inner_text() == "1 of 2"
    assert middle(page, 'rect[id="layer2.0"]') == pytest.approx(middle(page, ".stage"), abs=1)
    page.keyboard.press("Escape")
    assert page.locator(".hit").count() == 0
    page.keyboard.press("/")
    page.keyboard.type("rcrc")  # keys by which Streamlit reruns and clears its cache
    page.wait_for_timeout(300)
    assert page.locator("output").inner_text() == VIEWER["found_none"]
    assert page.get_by_role("dialog").count() == 0
    assert runs(page) == 1


def test_the_keyboard_reaches_every_part_and_chooses_one(opened) -> None:
    page = opened()
    page.get_by_role("button", name=re.compile("Full screen|Show the whole")).last.focus()
    focused = (
        "document.activeElement.shadowRoot?.activeElement?.getAttribute('aria-label') ?? 'none'"
    )
    page.keyboard.press("Tab")
    reached = [page.evaluate(focused)]
    for _ in range(30):
        page.keyboard.press("ArrowUp")  # with the flow of this figure
        reached.append(page.evaluate(focused))
    names = [label.partition(":")[0] for label in dict.fromkeys(reached)]

    assert names == [
        part["title"].partition(":")[0]
        for part in page.eval_on_selector_all(
            ".stage [role=button]", "all => all.map(({dataset}) => ({title: dataset.title}))"
        )
    ]
    assert {"conv1", "layer1", "layer1.0", "layer2", "layer2.1", "fc"} <= set(names)
    assert page.locator(".tip strong").inner_text().startswith("fc")
    page.keyboard.press("Enter")
    until_said(page, "fc")
    assert page.evaluate(focused).startswith("fc")
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    until_said(page, names[-2])
    before = view_box(page)
    page.keyboard.press("Shift+ArrowLeft")
    assert view_box(page)[0] < before[0]
    page.keyboard.press("+")
    assert view_box(page)[2] < before[2]
    page.keyboard.press("Tab")  # one step leaves the figure
    assert page.evaluate(focused) == "none"


def test_a_tip_says_what_is_under_the_pointer(opened) -> None:
    page = opened()
    page.hover('rect[id="layer1.0"]')
    title, desc, hint = page.locator(".tip").inner_text().splitlines()

    assert title.startswith("layer1.0: ")
    assert "parameters" in desc
    assert hint == VIEWER["press"]
    tip, whole = (page.locator(s).bounding_box() for s in (".tip", ".figure"))
    assert whole["x"] <= tip["x"]
    assert tip["x"] + tip["width"] <= whole["x"] + whole["width"]


def test_words_are_the_hosts_and_english_where_it_has_none(opened) -> None:
    page = opened("lang=zh")

    assert page.get_attribute(".search input", "placeholder") == "搜索"
    assert page.get_attribute("[data-zoom=in]", "aria-label") == "放大"
    assert page.get_attribute("[data-zoom=out]", "aria-label") == "Zoom out"


def test_every_word_is_said_somewhere() -> None:
    said = asset("figure.html", "resnet_viz.app.components") + asset(
        "figure.js", "resnet_viz.app.components"
    )
    labels = re.findall(r'data-label="(\w+)"', said)
    words = re.findall(r"words\.(\w+)", said)

    assert sorted({*labels, *words}) == sorted(VIEWER)


@pytest.mark.parametrize("label", range(len(HOSTILE)))
def test_labels_are_only_text(opened, label: int) -> None:
    page = opened(f"hostile={label}")
    page.hover('rect[id="box0"]')

    assert page.locator(".tip strong").inner_text().split() == HOSTILE[label].split()
    assert page.locator(".figure img, .figure script").count() == 0
    page.click('rect[id="box0"]')
    until_said(page, "box0")


@pytest.mark.parametrize("theme", ["d2l", "dark"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong(opened, scheme: str, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(f"theme={theme}", color_scheme=scheme)
    page.click('rect[id="layer1.0"]')
    until_said(page, "layer1.0")
    found = Axe().run(page, context="[data-testid=stBidiComponentIsolated]")

    assert found.response["passes"]
    assert found.violations_count == 0, found.generate_report()
    paper = {"d2l": "rgb(255, 255, 255)", "dark": "rgb(21, 24, 30)"}[theme]
    assert page.locator(".stage").evaluate("e => getComputedStyle(e).backgroundColor") == paper


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_on_a_phone_it_fits_and_two_fingers_zoom(opened) -> None:
    page = opened(**PHONE)
    figure = page.locator(".figure").bounding_box()

    assert figure["height"] == pytest.approx(0.6 * 844, abs=1)
    assert figure["x"] >= 0
    assert figure["x"] + figure["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator(".zoom button").all():
        assert min(button.bounding_box()[side] for side in ("width", "height")) >= 24
    x, y = middle(page, ".stage")
    before = view_box(page)
    touch = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 40), *(("touchMove", 40 + 10 * i) for i in range(1, 9))):
        points = [{"x": x - apart / 2, "y": y, "id": 0}, {"x": x + apart / 2, "y": y, "id": 1}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    assert view_box(page)[2] < 0.6 * before[2]
    assert runs(page) == 1
    page.get_by_role("button", name="Show the whole figure").tap()
    page.tap('rect[id="fc"]')
    until_said(page, "fc")


def at_rest(page) -> float:
    """Return the scroll position once it is stable; scrolling continues after a swipe."""
    return page.evaluate(
        """async () => {
          const main = document.querySelector('[data-testid=stMain]');
          let last = -1, still = 0;
          while (still < 30) {
            await new Promise(requestAnimationFrame);
            still = main.scrollTop === last ? still + 1 : 0;
            last = main.scrollTop;
          }
          return last;
        }"""
    )


def test_a_finger_scrolls_the_page_until_the_figure_was_tapped(opened) -> None:
    page = opened(**PHONE)
    touch = page.context.new_cdp_session(page)

    def swipe() -> None:
        x, y = middle(page, ".stage")
        for kind, up in (("touchStart", 0), *(("touchMove", 10 * i) for i in range(1, 11))):
            point = {"x": x - 60, "y": y - up}
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
            page.wait_for_timeout(20)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    before = view_box(page)
    swipe()
    page.get_by_text(VIEWER["touch"]).wait_for()
    down = at_rest(page)

    assert down > 0
    assert view_box(page) == before
    page.touchscreen.tap(middle(page, ".stage")[0] - 100, middle(page, ".stage")[1])
    swipe()
    assert at_rest(page) == pytest.approx(down, abs=5)  # a swipe is 100 pixels long
    assert view_box(page)[1] > before[1]


def test_it_can_be_taken_away_and_put_back(opened) -> None:
    page = opened()
    page.get_by_text("hide").click()
    page.locator(".stage").wait_for(state="detached")
    page.keyboard.press("+")
    page.get_by_text("hide").click()
    page.locator(".stage > svg").wait_for()
    page.click('rect[id="fc"]')
    until_said(page, "fc")


def test_it_fills_what_it_is_given_when_that_changes(opened) -> None:
    page = opened()
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_timeout(300)
    stage = page.locator(".stage").bounding_box()
    _, _, width, height = view_box(page)

    assert width / height == pytest.approx(stage["width"] / stage["height"], rel=0.01)
    assert middle(page, 'rect[id="fc"]')[0] == pytest.approx(middle(page, ".stage")[0], abs=30)
