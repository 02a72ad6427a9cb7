"""Tables in every format, whatever names they hold."""

import csv
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import NamedTuple

import pytest
from conftest import program

import resnet_viz
from resnet_viz import RequestError
from resnet_viz.answers.tabular import Column, Table, Tabular

HOSTILE = ("a\nb", "a\x00b", "\x1b[2J", "[2pt]", "*", "a|b", "<b>", "x_1 & 50% #~^{}$\\", "\u202eb")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


class Row(NamedTuple):
    path: str
    params: int
    output: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Answer(Tabular):
    names: tuple[str, ...]

    def to_table(self) -> Table:
        rows = tuple(Row(name, 1000, None if i else (3, 8)) for i, name in enumerate(self.names))
        return Table(
            title=f"of {self.names[0]}",
            columns=(
                Column("path", "path"),
                Column("params", "parameters", right=True),
                Column("output", "output"),
            ),
            rows=rows,
            totals={"params": 1000 * len(rows)},
            sentences=("All of it.",),
            points=("one", "two"),
            facts={"network": self.names[0]},
        )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_breaks_no_row(name: str) -> None:
    answer = Answer((name, name))

    assert len(str(answer).splitlines()) == 12
    assert len(answer.to("md").splitlines()) == 12
    # comment, begin, rule, heads, rule, two rows, rule, total, rule, end
    assert len(answer.to("latex").splitlines()) == 11
    for format in ("text", "md", "latex", "html"):
        assert all(c.isprintable() or c == "\n" for c in answer.to(format)), format
    ET.fromstring(answer.to("html"))
    assert [row["path"] for row in json.loads(answer.to("json"))["rows"]] == [name, name]


def test_latex_sets_names_to_the_letter(tmp_path) -> None:
    latex = program("pdflatex", "texlive-pictures texlive-fonts-recommended")
    names = tuple(name for name in HOSTILE if name.isascii())
    (tmp_path / "t.tex").write_text(
        "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n"
        f"{Answer(names).to('latex')}\\end{{document}}"
    )
    ran = subprocess.run(
        [latex, "-interaction=nonstopmode", "-halt-on-error", "t.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stdout[-500:]
    pdf = tmp_path / "t.pdf"
    shown = subprocess.run(
        [program("pdftotext", "poppler-utils"), "-layout", pdf, "-"], capture_output=True, text=True
    ).stdout
    assert {"a?b", "[2pt]", "*", "a|b", "<b>"} <= set(shown.split())


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_of_a_csv_is_a_formula(name: str) -> None:
    header, row = csv.reader(io.StringIO(Answer((name,)).to("csv"), newline=""))

    assert header == ["path", "params", "output"]
    assert row == [f"'{name}", "1000", "3x8"]


def test_a_negative_difference_stays_a_number_in_csv() -> None:
    rows = csv.DictReader(io.StringIO(resnet_viz.compare("resnet34", "resnet18").to("csv")))
    layer1 = next(row for row in rows if row["path"] == "layer1.1")

    assert int(layer1["macs_difference"]) == -231_211_008  # a block: 2 × 9 × 64 × 64 × 56 × 56


@pytest.mark.parametrize(
    "answer",
    [
        resnet_viz.report("resnet18"),
        resnet_viz.compare("resnet18", "resnet34"),
        resnet_viz.shapes("resnet18"),
        resnet_viz.explain("resnet18"),
        resnet_viz.table(["resnet18", "resnet34"]),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_an_answer_has_every_format_and_a_data_frame_with_the_columns_of_its_csv(answer) -> None:
    assert {"text", "md", "csv", "json", "latex", "html"} <= set(answer.formats())
    for format in answer.formats():
        assert answer.to(format).endswith("\n")
    assert str(answer) == answer.to("text")
    assert answer._repr_html_() == answer.to("html")

    frame = answer.to_dataframe()
    rows = list(csv.reader(io.StringIO(answer.to("csv"))))
    assert list(frame.columns) == rows[0]
    assert len(frame) == len(rows) - 1
    with pytest.raises(RequestError, match="unknown format: 'pdf' "):
        answer.to("pdf")


def test_a_data_frame_holds_exact_numbers() -> None:
    frame = resnet_viz.report("resnet50", depth="op").to_dataframe()

    assert frame["macs"].sum() == 4_089_184_256  # He et al. 2015, Table 1: 3.8 × 10^9, of v1
    assert frame["params"].sum() == 25_557_032


def test_a_data_frame_without_pandas_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(RequestError, match="pandas is not installed .*pip install pandas"):
        resnet_viz.report("resnet18").to_dataframe()
