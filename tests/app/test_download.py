"""What a visitor takes away."""

from app_page import ran, visit

from resnet_viz.answers.to_code import FRAMEWORKS
from resnet_viz.app.address import to_link
from resnet_viz.app.answers import drawing_of
from resnet_viz.app.state import Config, Look, Paper
from resnet_viz.zoo import find

OTHERS = [
    *("CSV", "Markdown", "LaTeX", "JSON", "HTML"),
    *(*FRAMEWORKS.values(), "Notebook"),
    *("YAML", "TOML", "JSON"),
]
"""What is offered beside the figure: reports, code and the spec."""


def test_every_format_is_offered_and_the_link_opens_the_same_page():
    page = visit(net="resnet50", section="download", theme="paper")
    labels = [button.label for button in page.download_button]

    assert labels == [
        *("SVG", "PNG", "PDF", "TEX", "draw.io", "PowerPoint", "HTML", "DOT", "MMD", "JSON"),
        *OTHERS,
    ]
    assert page.code[1].value.endswith("?net=resnet50&theme=paper&section=download")


def test_a_file_has_the_width_caption_and_ground_that_one_asks_for():
    page = visit(net="resnet18", section="download")
    page.number_input(key="paper width").set_value(240)
    page.text_input(key="paper caption").set_value("Figure 1: mine")
    page.checkbox(key="paper transparent").set_value(True)
    ran(page)
    (lines,) = [code.value for code in page.code if "resnet_viz.draw" in code.value]

    assert 'width=240, caption="Figure 1: mine", transparent=True' in lines
    paper = Paper(240, "Figure 1: mine", True)
    drawn = drawing_of(find("resnet18"), Look(), "en", paper=paper)
    assert drawn.scene.background == ""
    assert "Figure 1: mine" in drawn.to_svg()


def test_a_format_that_does_not_hold_the_figure_is_not_offered_and_the_page_says_why():
    look = Look(depth="op", annotate="shape,params,macs", unroll=True)
    link = to_link(Config(find("cifar-resnet1202"), look, section="download"))
    english, chinese = visit(**link), visit(**link, lang="zh")

    for page in (english, chinese):
        labels = [button.label for button in page.download_button][: -len(OTHERS)]
        assert labels == ["SVG", "PDF", "draw.io", "HTML", "DOT", "JSON"]
    told = [caption.value for caption in english.caption]
    for format, why in (
        ("PNG", "pixels"),
        ("TEX", "too large for TeX"),
        ("MMD", "edges"),
        ("PowerPoint", "shapes"),
    ):
        (one,) = [text for text in told if text.startswith(f"No {format}: ")]
        assert why in one
    assert any(caption.value.startswith("无法提供 PNG：") for caption in chinese.caption)
