"""The interactive figure in a notebook, in JupyterLab as it is served."""

import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from browser import wait_for
from conftest import lacking

CELL = "import resnet_viz; resnet_viz.show('d2l-resnet18')"


@pytest.fixture
def lab(tmp_path):
    """Serve JupyterLab with a notebook, and return the notebook's address."""
    for name in ("jupyterlab", "anywidget"):
        if find_spec(name) is None:
            lacking(name, f"pip install {name}")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "figure.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    options = (
        f"--ServerApp.port={port}",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.open_browser=False",
        "--ServerApp.allow_root=True",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={tmp_path}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    )
    home = {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=tmp_path,
            env=os.environ | home,
            stdout=output,
            stderr=output,
        )
        try:
            wait_for(server, f"http://127.0.0.1:{port}/api", log)
            yield f"http://127.0.0.1:{port}/lab/tree/figure.ipynb"
        finally:
            server.terminate()
            server.wait()


def test_jupyterlab_shows_a_figure_whose_parts_collapse(browser, lab) -> None:
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.goto(lab)
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.locator(".jp-Notebook[data-jp-kernel-user]").wait_for()
    page.keyboard.press("Shift+Enter")
    figure = page.frame_locator('iframe[title="d2l-resnet18"]')
    scope = figure.locator('g[id="layer2"] > .scope')
    scope.wait_for()

    assert scope.get_attribute("aria-expanded") == "true"
    assert figure.locator('[id="layer2.0.conv1"]').is_visible()
    scope.press("Enter")
    figure.locator('g[id="layer2"] > .scope[aria-expanded="false"]').wait_for()
    figure.locator('[id="layer2.0.conv1"]').wait_for(state="hidden")
    page.close()
