"""HTML figures in a real browser, driven from outside."""

import pytest
from browser import visits
from scenes import FIGURES, HOSTILE, SCENES, scene_of

from resnet_viz import ResNetSpec, Stage, draw
from resnet_viz.export import EXPORTERS
from resnet_viz.scene import Box, Circle, Group, Scene


@pytest.fixture
def opened(browser, tmp_path):
    """Open a scene's HTML in a page, which must not log errors or make requests."""
    path = tmp_path / "figure.html"
    with visits(browser, path.as_uri()) as visit:

        def opened(scene: Scene, **options):
            path.write_bytes(EXPORTERS[".html"].write(scene))
            return visit(**{"viewport": {"width": 1000, "height": 700}, **options})

        yield opened


def view_box(page) -> list[float]:
    return [float(n) for n in page.get_attribute("#ui-stage > svg", "viewBox").split()]


def geometry(page) -> list[str]:
    """Return the position and visibility of every element of the figure."""
    return page.eval_on_selector_all(
        "#ui-stage svg *:not(.scope):not(.name)",
        "all => all.map(({attributes}) =>"
        " [...attributes].filter(a => a.value).map(a => a.name + a.value).join())",
    )


def seen(page, id: str) -> bool:
    return page.locator(f'[id="{id}"]').is_visible()


def scope(page, id: str):
    return page.locator(f'g[id="{id}"] > .scope')


def click_margin(page, id: str) -> None:
    """Click the frame of a scope, just inside its left edge."""
    box = scope(page, id).bounding_box()
    page.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)


def test_dragging_pans_and_the_wheel_zooms_at_the_pointer(opened) -> None:
    page = opened(SCENES["network"])
    x, y, width, height = view_box(page)
    page.mouse.move(100, 400)
    page.mouse.down()
    page.mouse.move(180, 430, steps=4)
    page.mouse.up()
    moved = view_box(page)
    per_point = 1000 / width

    assert moved[:2] == pytest.approx([x - 80 / per_point, y - 30 / per_point], abs=0.01)
    assert moved[2:] == pytest.approx([width, height])

    page.mouse.wheel(0, -200)
    page.wait_for_function(
        "w => document.querySelector('svg').viewBox.baseVal.width < w", arg=width
    )
    near = view_box(page)
    assert near[0] + near[2] * 0.18 == pytest.approx(moved[0] + moved[2] * 0.18, abs=0.01)

    page.keyboard.press("0")
    assert view_box(page) == pytest.approx([x, y, width, height])
    page.keyboard.press("+")
    assert view_box(page)[2] < width
    page.keyboard.press("-")
    page.click("[data-zoom=out]")
    assert view_box(page)[2] > width


@pytest.mark.parametrize("name", FIGURES)
def test_expanding_restores_exactly(opened, name: str) -> None:
    page = opened(SCENES[name])
    before = geometry(page)
    page.get_by_role("button", name="Collapse all").click()
    collapsed = geometry(page)
    page.get_by_role("button", name="Expand all").click()

    assert collapsed != before
    assert geometry(page) == before


def extent(scene: Scene, id: str) -> tuple[float, float]:
    """Return the horizontal extent of the boxes and frames of a scope."""

    def groups(items):
        for item in items:
            if isinstance(item, Group):
                yield item
                yield from groups(item.items)

    (group,) = (group for group in groups(scene.items) if group.id == id)
    inside = scene._replace(items=group.items).walk()
    bounds = [item.bounds for item in inside if isinstance(item, (Box, Circle))]
    return min(b[0] for b in bounds), max(b[2] for b in bounds)


def test_a_collapsed_scope_is_one_bar_and_what_follows_moves_up(opened) -> None:
    page = opened(SCENES["right"])
    before = {i: page.locator(f'[id="{i}"]').get_attribute("x") for i in ("conv1", "fc")}
    low, high = extent(SCENES["right"], "layer1")
    scope(page, "layer1").focus()
    page.keyboard.press("Enter")

    assert not seen(page, "layer1.0.conv1")
    assert scope(page, "layer1").get_attribute("aria-expanded") == "false"
    assert float(scope(page, "layer1").get_attribute("width")) == pytest.approx(18)
    assert page.locator('[id="conv1"]').get_attribute("x") == before["conv1"]
    assert float(page.locator('[id="fc"]').get_attribute("x")) == pytest.approx(
        float(before["fc"]) - (high - low - 18)
    )

    scope(page, "layer1").click()  # its bar
    assert seen(page, "layer1.0.conv1")
    assert page.locator('[id="fc"]').get_attribute("x") == before["fc"]


def test_collapses_compose_in_any_order(opened) -> None:
    page = opened(SCENES["network"])

    def press(*ids: str) -> None:
        for id in ids:
            scope(page, id).focus()
            page.keyboard.press(" ")

    press("layer1.0", "layer2", "layer1", "stem")
    one = geometry(page)
    press("stem", "layer1", "layer2", "layer1.0")
    start = geometry(page)
    press("stem", "layer2", "layer1.0", "layer1")

    assert geometry(page) == one
    press("layer1", "layer1.0", "stem", "layer2")
    assert geometry(page) == start


def test_where_others_stand_beside_it_a_scope_is_covered_in_place(opened) -> None:
    page = opened(SCENES["chinese"])
    beside = page.locator('[id="layer2.0.conv1"]').bounding_box()
    click_margin(page, "layer1.0")

    assert not seen(page, "layer1.0.conv1")
    assert page.locator('[id="layer2.0.conv1"]').get_attribute("y") is not None
    assert page.locator('[id="layer2.0.conv1"]').bounding_box() == beside


def overlaps(page) -> list:
    """Return the pairs of visible boxes and bars that overlap without nesting."""
    return page.evaluate(
        """() => { const seen = [...document.querySelectorAll(
            '.scope[aria-expanded="false"]:not(.off), rect[id]:not(.off), circle[id]:not(.off)')]
            .map(e => [e.id || e.parentNode.id, e.getBBox()]);
        const out = [];
        for (const [i, a] of seen) for (const [j, b] of seen)
          if (i < j && a.x < b.x + b.width - .01 && b.x < a.x + a.width - .01
            && a.y < b.y + b.height - .01 && b.y < a.y + a.height - .01) out.push([i, j]);
        return out; }"""
    )


@pytest.mark.parametrize("direction", ["up", "right", "down", "left"])
@pytest.mark.parametrize("network", ["resnet50", "d2l-resnet18", "cifar-resnet20"])
def test_at_no_level_do_boxes_overlap(opened, network: str, direction: str) -> None:
    page = opened(draw(network, direction=direction).scene)
    for button in page.locator("#ui-levels button").all():
        button.click()
        assert overlaps(page) == []


def test_search_marks_and_enter_goes_to_the_next_even_if_hidden(opened) -> None:
    page = opened(SCENES["network"])
    page.get_by_role("button", name="Collapse all").click()
    page.keyboard.press("/")
    page.keyboard.type("layer2.0.conv")

    assert page.locator("#ui-count").inner_text() == "2"
    assert page.locator("rect[id].hit").count() == 2
    page.keyboard.press("Enter")
    assert seen(page, "layer2.0.conv1")
    assert page.locator("#ui-count").inner_text() == "1 of 2"
    box = page.locator('[id="layer2.0.conv1"]').bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(500, abs=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.locator(".current").get_attribute("id") == "layer2.0.conv1"
    page.keyboard.press("Escape")
    assert page.locator(".hit").count() == 0


def test_tooltips_say_title_and_cost(opened) -> None:
    scene = scene_of("3 × 3 Conv, 64×56×56", "two")
    page = opened(scene)
    page.hover('[id="box0"]')  # in its middle, where its label stands

    assert page.locator("#ui-tip").inner_text().splitlines()[0] == "3 × 3 Conv, 64×56×56"
    page.mouse.move(30, 680)
    assert not page.locator("#ui-tip").is_visible()


def test_the_keyboard_reaches_everything_by_name(opened) -> None:
    scene = SCENES["network"]
    page = opened(scene)
    page.locator("[data-zoom=fit]").focus()
    reached = []
    while len(reached) < 100:
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.getAttribute('aria-label')")
        if name is None or name == "Search the figure":
            break
        reached.append(name)
    boxes = [item for item in scene.walk() if isinstance(item, (Box, Circle)) and item.id]
    labels = [", ".join(filter(None, (box.title, box.desc))) for box in boxes]

    assert [name for name in reached if name in set(labels)] == labels
    assert {"stem", "layer1", "layer1.0", "head"} <= {name.partition(":")[0] for name in reached}


def test_dark_follows_the_system_and_the_button(opened) -> None:
    page = opened(SCENES["network"], color_scheme="dark")
    theme = "document.documentElement.dataset.theme"

    assert page.evaluate(theme) == "dark"
    page.click("#ui-theme")
    assert page.evaluate(theme) == "light"
    assert not opened(SCENES["dark"], color_scheme="dark").locator(".inverted").count()


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_are_only_text_in_a_browser(opened, label: str) -> None:
    page = opened(scene_of(label, "two"))
    page.get_by_role("button", name="Collapse all").click()

    assert page.locator("img").count() == 0
    assert page.title() == " ".join(label.split())
    page.keyboard.press("/")
    page.keyboard.type(label[:12])
    assert page.locator("rect.hit:not(.scope)").count() == 1


def test_the_policy_forbids_all_else(browser, tmp_path) -> None:
    path = tmp_path / "f.html"
    path.write_bytes(EXPORTERS[".html"].write(SCENES["everything"]))
    page = browser.new_page()
    page.goto(path.as_uri())
    tries = "['fetch', () => fetch('https://example.org')]"
    failed = page.evaluate(f"Promise.resolve({tries}[1]()).then(() => false, () => true)")
    ran_inline = page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.x = 1';"
        "document.body.append(s); return window.x === 1; }"
    )
    page.close()

    assert failed
    assert not ran_inline


def test_a_spec_without_stages_in_depth_still_opens(opened) -> None:
    page = opened(draw(ResNetSpec(stages=(Stage(1, 8),)), figure="blocks").scene)

    assert page.locator("#ui-levels button").count() >= 2


def test_parts_may_be_called_like_parts_of_the_page(opened) -> None:
    names = ["ui-stage", "ui-tip", "ui-zoom", "ui-query", "constructor"]
    boxes = tuple(Box(0, 30 * i, 90, 18, id=name, title=name) for i, name in enumerate(names))
    scene = SCENES["everything"]._replace(items=(Group(boxes, "ui-theme", "a scope"),), axis="y")
    page = opened(scene)
    page.hover('rect[id="ui-tip"]')

    assert page.locator("div#ui-tip").inner_text() == "ui-tip"
    page.get_by_role("button", name="Collapse all").click()
    assert not page.locator('rect[id="ui-tip"]').is_visible()
    page.get_by_role("button", name="Zoom in").click()


def test_search_knows_what_people_type(opened) -> None:
    page = opened(draw("resnet50").scene)

    def found(text: str) -> str:
        page.locator("#ui-query").fill(text)
        return page.locator("#ui-count").inner_text()

    assert found("3x3") == "1"  # the pooling: convolutions of blocks are folded away
    assert found("7 x 7") == "none"
    assert found("7x7 conv") == "1"
    assert found("bottleneck") == "8"
    assert found("stage 2") == "1"
    assert found("layer3.1.conv2") == "1"
    page.keyboard.press("Enter")
    assert page.locator(".current").get_attribute("id") == "layer3.1"


def test_a_collapsed_stage_is_a_bar_with_the_stages_name(opened) -> None:
    page = opened(draw("resnet50").scene)
    page.get_by_role("button", name="Collapse all").click()

    assert float(scope(page, "layer2").get_attribute("height")) == pytest.approx(18, abs=0.01)
    assert page.locator('g[id="layer2"] > .name').text_content() == "layer2: Stage 2"
