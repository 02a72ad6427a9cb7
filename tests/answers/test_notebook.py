"""What a notebook shows of drawings, reports and tables."""

import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs" / "notebooks").glob("*.ipynb"))

CELLS = (
    "import resnet_viz",
    "resnet_viz.draw('d2l-resnet18', direction='right')",
    "resnet_viz.report('resnet50')",
    "resnet_viz.table(['resnet18', 'resnet34'])",
)


@pytest.mark.filterwarnings("ignore")  # those of the notebook's own machinery
def test_a_notebook_shows_drawings_as_svg_and_reports_as_html() -> None:
    cells = [nbformat.v4.new_code_cell(code) for code in CELLS]
    notebook = NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=120).execute()
    shown = [output["data"] for cell in notebook.cells for output in cell.outputs]
    drawing, report, table = shown

    assert ET.fromstring(drawing["image/svg+xml"]).tag.endswith("svg")
    for html in (report["text/html"], table["text/html"]):
        assert ET.fromstring(html).tag == "table"
    assert "25,557,032" in report["text/html"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_of_the_docs_runs(path, tmp_path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    resources = {"metadata": {"path": str(tmp_path)}}

    done = NotebookClient(notebook, timeout=120, resources=resources).execute()

    assert all(cell.outputs == [] for cell in nbformat.read(path, 4).cells if "outputs" in cell)
    assert any(cell.get("outputs") for cell in done.cells)
