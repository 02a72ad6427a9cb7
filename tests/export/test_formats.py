"""Test every format by reading it with other programs."""

import io
import math
import re
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from conftest import program
from PIL import Image, ImageChops, ImageFilter, ImageStat
from scenes import HOSTILE, PAPER, SCENES, scene_of

from resnet_viz import RequestError, draw
from resnet_viz.cli import run
from resnet_viz.export import EXPORTERS, png, tikz
from resnet_viz.export.renderer import drawable
from resnet_viz.export.svg import to_svg
from resnet_viz.scene import Line, Scene, Text
from resnet_viz.themes import THEMES

TEX = "texlive-pictures texlive-fonts-recommended"
POPPLER = "poppler-utils"


@pytest.fixture(params=SCENES)
def scene(request) -> Scene:
    return SCENES[request.param]


# Pictures

SHARP = 4  # pixels per point of the pictures that are compared


def difference(a: Image.Image, b: Image.Image) -> float:
    """Return the difference of two images of a figure, in thousandths of black on white.

    Renderers place the edges of lines and letters on different pixels; so both images are first
    reduced and blurred.
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


TOLERANCE = 15
"""Renderers are 2 to 14 apart; a figure without its labels is 51 from itself, without lines 36."""


def image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def picture(scene: Scene) -> Image.Image:
    """Return a scene rendered as our PNG."""
    return image(png.write(scene, scale=SHARP))


def ran(*command: object, **options) -> bytes:
    done = subprocess.run(
        list(map(str, command)), capture_output=True, timeout=120, check=False, **options
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-2000:]
    return done.stdout


def page_image(path: Path) -> Image.Image:
    """Return a page of a PDF file rendered by Poppler."""
    pdftoppm = program("pdftoppm", POPPLER)
    return image(ran(pdftoppm, "-r", 72 * SHARP, "-png", "-singlefile", path))


def test_pictures_without_their_labels_or_lines_differ() -> None:
    scene = SCENES["chinese"]
    whole = picture(scene)
    for kind in (Text, Line):
        items = tuple(item for item in scene.walk() if not isinstance(item, kind))
        assert difference(whole, picture(scene._replace(items=items))) > TOLERANCE


def test_svg_is_xml(scene: Scene) -> None:
    assert ET.fromstring(to_svg(scene)).tag == "{http://www.w3.org/2000/svg}svg"


def test_two_renderers_draw_the_same_picture(scene: Scene) -> None:
    rsvg = program("rsvg-convert", "librsvg2-bin")
    theirs = image(ran(rsvg, "--zoom", 0.75 * SHARP, input=to_svg(scene).encode()))

    assert difference(picture(scene), theirs) < TOLERANCE


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
    assert difference(picture(scene), page_image(tmp_path / "f.pdf")) < TOLERANCE


def squeezed(text: str) -> str:
    """Return a text without spaces and ligatures, which PDF readers extract differently."""
    return unicodedata.normalize("NFKC", "".join(text.split()))


def test_a_scenes_scale_is_that_of_its_paper(tmp_path) -> None:
    from pypdf import PdfReader

    made = PdfReader(io.BytesIO(EXPORTERS[".pdf"].write(PAPER))).pages[0]

    assert tuple(made.mediabox[2:]) == pytest.approx((155, 41))


def compiled(scene: Scene, folder: Path, engine: str, packages: str) -> Path:
    """Compile a scene's TikZ document to PDF, without shell escape and in its own folder."""
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
    assert difference(picture(scene), page_image(made)) < TOLERANCE


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
    ran(sys.executable, "-c", code, cwd=Path(__file__).parents[2])

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
        png.check(PAPER, 1e9)
    png.check(PAPER, float(re.search(r"at most ([\d.]+)", str(error.value))[1]))


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
    made = image((tmp_path / "f.png").read_bytes())
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
    out = ran(sys.executable, "-c", code, "/dev/null/../f", cwd=Path(__file__).parents[2])

    assert out.decode().strip() == "set()"


# Fonts

WITHOUT_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{}</dir></fontconfig>"""


def without_fonts(tmp_path: Path, code: str) -> str:
    """Run code in an environment without fonts, and return its output."""
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts.conf").write_text(WITHOUT_FONTS.format(tmp_path / "fonts"))
    env = {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "PYTHONIOENCODING": "utf-8"}
    root = Path(__file__).parents[2]
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
    texts = (item for item in scene.walk() if isinstance(item, Text))
    box = next(text.bounds for text in texts if text.runs[0].face != "sans")
    place = [round(2 * (v - scene.origin[i % 2])) for i, v in enumerate(box)]
    margin = [place[0] - 6, place[1] - 6, place[2] + 6, place[3] + 6]
    grey = image((tmp_path / "f.png").read_bytes()).convert("L")
    ink = ImageChops.invert(grey.crop(margin)).getbbox()

    assert ink is not None
    assert ink[0] >= 5
    assert ink[2] <= margin[2] - margin[0] - 5


def test_a_missing_program_skips_here_and_fails_in_ci(monkeypatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"no-such is not .* \(apt install some\)"):
        program("no-such", "some")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such is not installed"):
        program("no-such", "some")


@pytest.mark.parametrize("suffix", EXPORTERS)
@pytest.mark.parametrize("name", ["resnet18", "cifar-resnet1202"])
def test_a_figure_that_passes_the_check_is_written_and_another_is_refused_alike(name, suffix):
    drawing = draw(name, unroll=True, depth="op")

    def refusal(ask) -> str:
        try:
            ask(suffix)
        except RequestError as error:
            return str(error)
        return ""

    assert refusal(drawing.check) == refusal(drawing.to_bytes)
    if name == "cifar-resnet1202":
        assert bool(refusal(drawing.check)) == (suffix in (".png", ".tex", ".mmd", ".pptx"))


def test_chinese_figures_are_the_same_bytes_in_every_process() -> None:
    code = (
        "import hashlib, resnet_viz; d = resnet_viz.draw('d2l-resnet18', lang='zh'); "
        "print(*[hashlib.sha256(d.to_bytes(s)).hexdigest() for s in ('.png', '.pdf')])"
    )
    try:
        draw("d2l-resnet18", lang="zh").to_bytes(".png")
    except RequestError as error:
        pytest.skip(str(error))
    runs = {subprocess.check_output([sys.executable, "-c", code]) for _ in range(3)}

    assert len(runs) == 1


def test_each_text_of_a_renderers_svg_is_of_one_script() -> None:
    try:
        svg = drawable(draw("d2l-resnet18", lang="zh").scene)
    except RequestError as error:
        pytest.skip(str(error))
    texts = [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text .*?</text>", svg)]

    assert "卷积层" in texts
    assert "7 × 7" in [text.strip() for text in texts]
    assert not [text for text in texts if re.search("[一-鿿]", text) and re.search(r"[\d×]", text)]
