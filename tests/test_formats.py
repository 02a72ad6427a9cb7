"""Every format, read by programs that are not ours."""

import io
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from conftest import program
from PIL import Image, ImageChops, ImageFilter, ImageStat

from resnet_viz import RequestError, ResNetSpec, Stage, draw
from resnet_viz.cli import run
from resnet_viz.export import EXPORTERS, png, tikz
from resnet_viz.export.svg import to_svg
from resnet_viz.scene import Box, Circle, Group, Line, Run, Scene, Text
from resnet_viz.themes import THEMES

TEX = "texlive-pictures texlive-fonts-recommended"
POPPLER = "poppler-utils"
FIGURES = {
    "network": {"network": "d2l-resnet18"},
    "right": {"network": "resnet50", "direction": "right"},
    "dark": {"network": "resnext50_32x4d", "figure": "blocks", "theme": "dark"},
    "chinese": {"network": "d2l-resnet18", "figure": "blocks", "lang": "zh"},
}
HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "]]> <!-- & \"quoted\" 'text' -->",
    "\\end{tikzpicture} {$x_1^2$} 50% #1 & ~ \\input{/etc/passwd}",
    "-- --- << >> ,, ?` !` `` ''",
)


def scene_of(*labels: str) -> Scene:
    """A scene with one of everything, and these labels in boxes."""
    boxes = tuple(
        Box(0, 20 * i, 300, 16, "#b2d9ff", id=f"box{i}", title=label, desc=label)
        for i, label in enumerate(labels)
    )
    texts = tuple(Text(150, 20 * i + 8, (Run(label),), 9) for i, label in enumerate(labels))
    foot = 20.0 * len(labels)
    more = (
        Circle(20, foot + 30, 6.75, "#66bfff", "×", 2.3),
        Circle(50, foot + 30, 6.75, "#66bfff", "+", 2.3),
        Line(((60, foot + 30), (90, foot + 30), (90, foot + 50)), 3, (4, 1.5)),
        Line(((100, foot), (100, foot + 50)), dash="dashed", head=(4, 1.5)),
        Line(((110, foot), (110, foot + 50)), dash="dotted"),
        Line(((120, foot), (140, foot), (140, foot + 50), (160, foot + 50)), smooth=True),
        Box(170, foot + 10, 30, 30, dashed=True),
        Box(210, foot + 10, 30, 30, "#ffd8a8", outlined=False),
        Text(260, foot + 30, (Run("f", "serif-italic"), Run("("), Run("x", "serif-bold")), 9),
        Text(285, foot + 10, (Run("down"),), 9, turned=True, anchor="start", colour="#c92a2a"),
    )
    group = Group((*boxes, *texts), "all", title=labels[0])
    return Scene(
        310, foot + 62, (group, *more), labels[0], "#ffffff", "#000000", "#000000", 1, (-5, -5)
    )


SCENES = {name: draw(**options).scene for name, options in FIGURES.items()}
SCENES["everything"] = scene_of("one", "two")
PAPER = scene_of("half size")._replace(scale=0.5)


@pytest.fixture(params=SCENES)
def scene(request) -> Scene:
    return SCENES[request.param]


# Pictures


def difference(a: Image.Image, b: Image.Image) -> float:
    """How far two pictures of a figure are apart, in parts of a thousand of black on white.

    Renderers put the edge of a line and of a letter on other pixels; both pictures are therefore
    made small and blurred first.
    """
    size = (400, max(1, round(400 * a.height / a.width)))
    if a.height > a.width:
        size = (max(1, round(400 * a.width / a.height)), 400)
    small = [
        image.convert("RGB").resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(2))
        for image in (a, b)
    ]
    worst = ImageStat.Stat(ImageChops.difference(*small)).rms
    return 1000 * max(worst) / 255


TOLERANCE = 20
"""A figure without its arrows is 30 away from itself, one without its labels 40."""


def image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def ran(*command: object, **options) -> bytes:
    done = subprocess.run(
        list(map(str, command)), capture_output=True, timeout=120, check=False, **options
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-2000:]
    return done.stdout


def page_image(path: Path) -> Image.Image:
    """A page of a PDF file, drawn by Poppler."""
    pdftoppm = program("pdftoppm", POPPLER)
    return image(ran(pdftoppm, "-r", 144, "-png", "-singlefile", path))


def test_pictures_without_their_labels_or_lines_differ() -> None:
    scene = SCENES["chinese"]
    whole = image(EXPORTERS[".png"].write(scene))
    for kind in (Text, Line):
        items = tuple(item for item in scene.walk() if not isinstance(item, kind))
        assert difference(whole, image(png.write(scene._replace(items=items)))) > TOLERANCE


def test_svg_is_xml(scene: Scene) -> None:
    assert ET.fromstring(to_svg(scene)).tag == "{http://www.w3.org/2000/svg}svg"


def test_two_renderers_draw_the_same_picture(scene: Scene) -> None:
    rsvg = program("rsvg-convert", "librsvg2-bin")
    theirs = image(ran(rsvg, "--zoom", 1.5, input=to_svg(scene).encode()))

    assert difference(image(png.write(scene)), theirs) < TOLERANCE


@pytest.mark.parametrize("scale", [0.5, 1, 2, 3.25])
def test_a_png_has_scale_pixels_per_point(scale: float) -> None:
    made = image(png.write(PAPER, scale=scale))

    assert made.size == pytest.approx((155 * scale, 41 * scale), abs=1)
    assert made.info["dpi"] == pytest.approx((72 * scale, 72 * scale), rel=0.01)


def test_a_pdf_is_one_page_of_the_scenes_size_with_text(scene: Scene, tmp_path) -> None:
    from pypdf import PdfReader

    (tmp_path / "f.pdf").write_bytes(EXPORTERS[".pdf"].write(scene))
    pages = PdfReader(tmp_path / "f.pdf").pages
    text = ran(program("pdftotext", POPPLER), "-raw", tmp_path / "f.pdf", "-").decode()
    shown = {run.text for item in scene.walk() if isinstance(item, Text) for run in item.runs}

    assert len(pages) == 1
    assert tuple(pages[0].mediabox[2:]) == pytest.approx((scene.width, scene.height), abs=0.01)
    for word in shown:
        assert squeezed(word) in squeezed(text)
    assert difference(image(png.write(scene)), page_image(tmp_path / "f.pdf")) < TOLERANCE


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_scenes_scale_is_that_of_its_paper(tmp_path) -> None:
    from pypdf import PdfReader

    made = PdfReader(io.BytesIO(EXPORTERS[".pdf"].write(PAPER))).pages[0]

    assert tuple(made.mediabox[2:]) == pytest.approx((155, 41))


def compiled(scene: Scene, folder: Path, engine: str, packages: str) -> Path:
    """Compile a scene's TikZ document to PDF, without a shell and in a folder of its own."""
    (folder / "f.tex").write_bytes(tikz.write(scene))
    command = (program(engine, packages), "-no-shell-escape", "-interaction=nonstopmode")
    ran(*command, "-halt-on-error", "f.tex", cwd=folder)
    return folder / "f.pdf"


@pytest.mark.parametrize("name", [*SCENES, "paper"])
def test_tikz_compiles_to_the_same_picture(name: str, tmp_path) -> None:
    from pypdf import PdfReader

    scene = {**SCENES, "paper": PAPER}[name]
    if name == "chinese":
        made = compiled(scene, tmp_path, "xelatex", f"texlive-xetex {TEX}")
    else:
        made = compiled(scene, tmp_path, "pdflatex", TEX)
    (page,) = PdfReader(made).pages
    size = (scene.width * scene.scale, scene.height * scene.scale)

    assert tuple(page.mediabox[2:]) == pytest.approx(size, abs=0.05)
    assert difference(image(png.write(scene)), page_image(made)) < TOLERANCE


def test_tikz_says_which_engine_compiles_it() -> None:
    assert b"% Compile with pdflatex, " in tikz.write(SCENES["network"])
    assert b"% Compile with xelatex, " in tikz.write(SCENES["chinese"])


def test_tikz_sets_every_character_as_it_is(tmp_path) -> None:
    shown = "".join(map(chr, range(33, 127))) + "×÷−·…–—²³°±éß"
    made = compiled(scene_of(shown[:50], shown[50:], *HOSTILE), tmp_path, "pdflatex", TEX)
    text = squeezed(ran(program("pdftotext", POPPLER), "-raw", made, "-").decode())

    for part in (shown[:50], shown[50:], *HOSTILE):
        assert squeezed(part) in text


def test_a_scene_too_long_for_tex_is_refused() -> None:
    with pytest.raises(RequestError, match=r"^a figure of 310 × 20000 points is too large for TeX"):
        tikz.write(scene_of("x")._replace(height=20000))


# Escapes and bytes


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf", ".html"])
@pytest.mark.parametrize("label", [*HOSTILE, "a\x00b\x1b\ud800", "two\nlines"])
def test_no_label_breaks_a_format(suffix: str, label: str) -> None:
    if "\x00" in label and suffix in (".png", ".pdf"):
        pytest.skip("what stands for it, U+FFFD, is in no font that every machine has")
    made = EXPORTERS[suffix].write(scene_of(label))

    if suffix == ".svg":
        ET.fromstring(made)
    if suffix == ".html":
        assert b"<img" not in made
        assert made.count(b"</script>") == 1


@pytest.mark.parametrize("suffix", EXPORTERS)
def test_the_same_scene_gives_the_same_bytes_in_another_process(suffix: str, tmp_path) -> None:
    files = [tmp_path / f"{i}{suffix}" for i in range(2)]
    draw("resnet18").save(files[0])
    code = f"import resnet_viz; resnet_viz.draw('resnet18').save({str(files[1])!r})"
    ran(sys.executable, "-c", code, cwd=Path(__file__).parent.parent)

    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("suffix", EXPORTERS)
def test_every_theme_in_every_format(suffix: str, theme: str, tmp_path) -> None:
    draw("cifar-resnet20", theme=theme).save(tmp_path / f"f{suffix}")

    assert (tmp_path / f"f{suffix}").stat().st_size > 1000


# Wrong requests


@pytest.mark.parametrize(
    ("scale", "message"),
    [
        (0, r"^scale: 0 \(must be a positive number of pixels per point\)$"),
        (-1, r"^scale: -1 \(must be a positive"),
        (math.nan, r"^scale: nan \(must be a positive"),
        (math.inf, r"^scale: inf \(must be a positive"),
        ("abc", r"^scale: 'abc' \(must be a positive"),
        (True, r"^scale: True \(must be a positive"),
        (None, r"^scale: None \(must be a positive"),
        (1e9, r"^scale: 1000000000.0 makes more than 67,108,864 pixels .*must be at most \d+\.\d+"),
        (10**400, r"^scale: an integer of \d+ bits makes more than"),
        (1e-9, r"^scale: 1e-09 makes less than a pixel of"),
    ],
)
def test_a_wrong_scale_is_refused_and_leaves_the_file_as_it_was(scale, message, tmp_path) -> None:
    path = tmp_path / "f.png"
    path.write_bytes(b"before")
    with pytest.raises(RequestError, match=message):
        draw("resnet18").save(path, scale=scale)

    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_the_largest_scale_that_is_named_is_legal() -> None:
    with pytest.raises(RequestError, match="must be at most") as error:
        png._check(PAPER, 1e9)
    png._check(PAPER, float(re.search(r"at most ([\d.]+)", str(error.value))[1]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "f.svg", "--scale", "2"], "scale: not an option of .svg files (must be for one"),
        (["--scale", "2"], "scale: not an option of .svg files (must be for one of ['.png'])\n"),
        (["-o", "f.png", "--scale", "abc"], "scale: 'abc' (must be a positive number of pixels"),
        (["-o", "f.png", "--scale=-1"], "scale: -1.0 (must be a positive number of pixels per"),
        (["-o", "f.gif"], "unknown suffix of a drawing: 'f.gif' (must be one of ['.svg', '.png'"),
    ],
)
def test_the_command_line_refuses_in_one_line(
    arguments, message, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["draw", "resnet18", *arguments]) == 2
    assert capsys.readouterr().err.startswith(message)
    assert not list(tmp_path.iterdir())


def test_the_command_line_scales(tmp_path) -> None:
    assert run(["draw", "resnet18", "-o", str(tmp_path / "f.png"), "--scale", "3"]) == 0

    scene = draw("resnet18").scene
    made = Image.open(tmp_path / "f.png")
    assert made.size == pytest.approx((3 * scene.width, 3 * scene.height), abs=1)


@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_a_missing_library_is_named_with_its_extra(suffix: str, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(RequestError, match=r"^\.p\w\w files need .*\'resnet-viz\[figures\]\'"):
        draw("resnet18").save(tmp_path / f"f{suffix}")

    assert not list(tmp_path.iterdir())


def test_what_needs_no_library_imports_none() -> None:
    code = (
        "import sys, resnet_viz; d = resnet_viz.draw('resnet18')\n"
        "for s in ('.svg', '.tex', '.html'): d.save(sys.argv[1] + s)\n"
        "print({'vl_convert', 'fontTools', 'PIL', 'playwright'} & set(sys.modules))"
    )
    out = ran(sys.executable, "-c", code, "/dev/null/../f", cwd=Path(__file__).parent.parent)

    assert out.decode().strip() == "set()"


# Fonts

WITHOUT_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{}</dir></fontconfig>"""


def without_fonts(tmp_path: Path, code: str) -> str:
    """Run code where the machine has no fonts, and return what it prints."""
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts.conf").write_text(WITHOUT_FONTS.format(tmp_path / "fonts"))
    env = {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "PYTHONIOENCODING": "utf-8"}
    root = Path(__file__).parent.parent
    return ran(sys.executable, "-c", code, str(tmp_path / "f"), cwd=root, env=env).decode().strip()


needs_fontconfig = pytest.mark.skipif(sys.platform != "linux", reason="hides fonts by fontconfig")


@needs_fontconfig
@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_text_that_no_font_shows_is_refused_with_the_package(suffix: str, tmp_path) -> None:
    code = (
        "import sys, resnet_viz\n"
        f"try: resnet_viz.draw('d2l-resnet18', lang='zh').save(sys.argv[1] + '{suffix}')\n"
        "except resnet_viz.RequestError as error: print(error)"
    )
    said = without_fonts(tmp_path, code)

    assert re.match(r"no font on this machine shows '\w+' .*\(apt install fonts-noto-cjk, or", said)
    assert not (tmp_path / f"f{suffix}").exists()


@needs_fontconfig
def test_without_times_its_text_is_still_there_and_no_wider(tmp_path) -> None:
    code = (
        "import sys, resnet_viz\n"
        "resnet_viz.draw('d2l-resnet18', figure='blocks').save(sys.argv[1] + '.png')"
    )
    without_fonts(tmp_path, code)
    scene = draw("d2l-resnet18", figure="blocks").scene
    box = [
        item for item in scene.walk() if isinstance(item, Text) and item.runs[0].face != "sans"
    ][0].bounds
    place = [round(2 * (v - scene.origin[i % 2])) for i, v in enumerate(box)]
    margin = [place[0] - 6, place[1] - 6, place[2] + 6, place[3] + 6]
    ink = ImageChops.invert(Image.open(tmp_path / "f.png").convert("L").crop(margin)).getbbox()

    assert ink is not None
    assert ink[0] >= 5
    assert ink[2] <= margin[2] - margin[0] - 5


# HTML in a browser

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program("chromium", "chromium"), args=FLAGS.split()
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Open a scene's HTML in a page; nothing it does may fail or reach for the network."""
    wrong, contexts = [], []

    def opened(scene: Scene, **options):
        (tmp_path / "figure.html").write_bytes(EXPORTERS[".html"].write(scene))
        context = browser.new_context(viewport={"width": 1000, "height": 700}, **options)
        contexts.append(context)
        page = context.new_page()
        url = (tmp_path / "figure.html").as_uri()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("request", lambda asked: None if asked.url == url else wrong.append(asked.url))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def view_box(page) -> list[float]:
    return [float(n) for n in page.get_attribute("#stage > svg", "viewBox").split()]


def geometry(page) -> list[str]:
    """Where everything of the figure is and whether it is seen."""
    return page.eval_on_selector_all(
        "#stage svg *:not(.scope):not(.name)",
        "all => all.map(e => [...e.attributes].map(a => a.name + a.value).join())",
    )


def seen(page, id: str) -> bool:
    return page.locator(f'[id="{id}"]').is_visible()


def scope(page, id: str):
    return page.locator(f'g[id="{id}"] > .scope')


def click_margin(page, id: str) -> None:
    """Click the frame of a scope, just inside its corner."""
    box = scope(page, id).bounding_box()
    page.mouse.click(box["x"] + 1.5, box["y"] + 1.5)


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
    page.wait_for_function("w => document.querySelector('svg').viewBox.baseVal.width < w", arg=width)
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


def test_a_collapsed_scope_is_one_bar_and_what_follows_moves_up(opened) -> None:
    page = opened(SCENES["right"])
    before = {i: page.locator(f'[id="{i}"]').get_attribute("x") for i in ("conv1", "fc")}
    frame = page.evaluate(
        """() => { const all = [...document.querySelectorAll('g[id="layer1"] rect:not(.scope), g[id="layer1"] circle')];
        const e = all.map(r => r.tagName === 'rect' ? [+r.getAttribute('x'), +r.getAttribute('x') + +r.getAttribute('width')]
          : [r.getAttribute('cx') - r.getAttribute('r'), +r.getAttribute('cx') + +r.getAttribute('r')]);
        return [Math.min(...e.map(a => a[0])), Math.max(...e.map(a => a[1]))]; }"""
    )
    scope(page, "layer1").focus()
    page.keyboard.press("Enter")

    assert not seen(page, "layer1.0.conv1")
    assert scope(page, "layer1").get_attribute("aria-expanded") == "false"
    assert float(scope(page, "layer1").get_attribute("width")) == pytest.approx(18)
    assert page.locator('[id="conv1"]').get_attribute("x") == before["conv1"]
    assert float(page.locator('[id="fc"]').get_attribute("x")) == pytest.approx(
        float(before["fc"]) - (frame[1] - frame[0] - 18)
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
    """Pairs of boxes and bars that are seen, one not inside the other, and yet overlap."""
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
    for button in page.locator("#levels button").all():
        button.click()
        assert overlaps(page) == []


def test_search_marks_and_enter_goes_to_the_next_even_if_hidden(opened) -> None:
    page = opened(SCENES["network"])
    page.get_by_role("button", name="Collapse all").click()
    page.keyboard.press("/")
    page.keyboard.type("layer2.0.conv")

    assert page.locator("#count").inner_text() == "2"
    assert page.locator("rect[id].hit").count() == 2
    page.keyboard.press("Enter")
    assert seen(page, "layer2.0.conv1")
    assert page.locator("#count").inner_text() == "1 of 2"
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
    page.hover('[id="box0"]', position={"x": 10, "y": 10})

    assert page.locator("#tip").inner_text().splitlines()[0] == "3 × 3 Conv, 64×56×56"
    page.mouse.move(30, 680)
    assert not page.locator("#tip").is_visible()


def test_the_keyboard_reaches_everything_by_name(opened) -> None:
    scene = SCENES["network"]
    page = opened(scene)
    page.locator("#theme").focus()
    reached = []
    for _ in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.getAttribute('aria-label')")
        if name == "Zoom in":
            break
        reached.append(name)
    boxes = [i.title for i in scene.walk() if isinstance(i, (Box, Circle)) and i.id]

    assert set(boxes) <= {name.split(", params")[0] for name in reached} | set(reached)
    assert "layer1.0: basic" in {name[:15] for name in reached}
    assert page.locator("#tip").is_visible() is False


def test_dark_follows_the_system_and_the_button(opened) -> None:
    page = opened(SCENES["network"], color_scheme="dark")
    theme = "document.documentElement.dataset.theme"

    assert page.evaluate(theme) == "dark"
    page.click("#theme")
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

    assert page.locator("#levels button").count() >= 2
