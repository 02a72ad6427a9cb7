"""The table of architectures against He et al. 2015, Table 1."""

import re
import subprocess
import xml.etree.ElementTree as ET

import pytest
from conftest import program
from soundness import CLOSE, holds, overlap

from resnet_viz import RequestError, ResNetSpec, Stage, table
from resnet_viz.answers.architectures import Architectures, Cell, _scene
from resnet_viz.scene import Text

PAPERS = ["resnet18", "resnet34", "resnet50-v1", "resnet101-v1", "resnet152-v1"]


def test_the_papers_table_comes_out_of_the_specs() -> None:
    made = table(PAPERS)
    names = [(name, size) for name, size, _ in made.rows]
    times = [[cell.times for cell in cells if cell.bracketed] for cells in made.rows[3][2]]

    # He et al. 2015, Table 1
    assert names == [
        ("conv1", "112×112"),
        ("conv2_x", "56×56"),
        ("conv3_x", "28×28"),
        ("conv4_x", "14×14"),
        ("conv5_x", "7×7"),
        ("", "1×1"),
    ]
    assert times == [[2], [6], [6], [23], [36]]
    assert made.rows[1][2][2] == (
        Cell(("3×3 max pool, stride 2",)),
        Cell(("1×1, 64", "3×3, 64", "1×1, 256"), 3, bracketed=True),
    )
    assert made.rows[0][2][0] == (Cell(("7×7, 64, stride 2",)),)
    assert made.rows[5][2][0] == (Cell(("average pool, 1000-d fc",)),)


def test_the_papers_flops_but_for_two_roundings() -> None:
    last = table(PAPERS).to("text").splitlines()[-1]

    # Table 1 prints 1.8, 3.6, 3.8, 7.6, 11.3: 3.6 is without projections (option A), and 3.858 was
    # cut to 3.8, not rounded; see docs/conventions.md
    assert re.findall(r"[\d.]+(?=×)", last) == ["1.8", "3.7", "3.9", "7.6", "11.3"]


def test_equal_cells_span_their_columns_in_html() -> None:
    root = ET.fromstring(table(PAPERS).to("html"))
    spans = [int(cell.get("colspan", 1)) for cell in root.iter("td") if cell.get("colspan")]

    # as in the paper: one conv1, one pool; 50, 101 and 152 share conv2_x and conv5_x
    assert spans == [5, 5, 1, 1, 3, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 3, 5]


def test_the_drawn_table_keeps_its_words_apart_and_on_the_page() -> None:
    scene = _scene(table(PAPERS))
    texts = [item for item in scene.walk() if isinstance(item, Text)]
    left, top = scene.origin

    assert not any(overlap(a.bounds, b.bounds) for a in texts for b in texts if a is not b)
    for item in scene.walk():
        assert holds((left, top, left + scene.width, top + scene.height), item.bounds, CLOSE)
    ET.fromstring(table(PAPERS).to("svg"))


def test_latex_sets_the_table(tmp_path) -> None:
    latex = program("pdflatex", "texlive-pictures texlive-fonts-recommended")
    read = program("pdftotext", "poppler-utils")
    (tmp_path / "t.tex").write_text(
        "\\documentclass{article}\\usepackage{amsmath}\\usepackage[landscape]{geometry}"
        f"\\begin{{document}}\\scriptsize {table(PAPERS).to('latex')}\\end{{document}}"
    )
    subprocess.run(
        [latex, "-interaction=nonstopmode", "-halt-on-error", "t.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    words = subprocess.run([read, tmp_path / "t.pdf", "-"], capture_output=True, check=True).stdout

    assert "resnet152-v1" in words.decode()
    assert "3×3 max pool, stride 2" in words.decode()


def test_a_deep_stem_and_a_gate_stand_in_their_rows() -> None:
    # Hu et al. 2018, Table 1: the gate of SE-ResNet-50's first stage is "fc, [16, 256]"
    made = table(["seresnet50t"])
    (stem,), (first,) = made.rows[0][2], made.rows[1][2]

    assert stem == (Cell(("3×3, 24, stride 2",)), Cell(("3×3, 32",)), Cell(("3×3, 64",)))
    assert first == (
        Cell(("3×3 max pool, stride 2",)),
        Cell(("1×1, 64", "3×3, 64", "1×1, 256", "fc, [16, 256]"), 3, bracketed=True),
    )
    (rows,) = table(["resnetrs50"]).rows[1][2]
    assert rows[0] == Cell(("3×3, 64, stride 2",))
    (rows,) = table(["resnetblur18"]).rows[1][2]
    assert rows[0] == Cell(("3×3 blur pool, stride 2",))


@pytest.mark.parametrize("format", Architectures.formats())
def test_names_with_markup_are_escaped(format: str) -> None:
    spec = ResNetSpec(stages=(Stage(1, 8),), name="<b>&_%|")
    text = table([spec]).to(format)

    assert "<b>" not in text or format in ("text", "csv", "json", "latex")
    if format == "latex":
        assert r"\textless{}b\textgreater{}\&\_\%\textbar{}" in text


@pytest.mark.parametrize(
    ("networks", "message"),
    [
        ([], "^networks: none given"),
        (["resnet18", "cifar-resnet20"], "^networks: their stages or sizes differ"),
        (["nothing"], "^unknown network: 'nothing'"),
    ],
)
def test_wrong_requests_say_what_is_wrong(networks, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        table(networks)
