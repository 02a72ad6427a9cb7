"""Test the page without a server: opened from a file, it counts and draws as the package does."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from browser import visits
from conftest import lacking

import resnet_viz
from resnet_viz.zoo import find

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "standalone"
LIMIT = 15_000_000  # bytes


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """Build the page from a wheel and open it from its folder, without network requests."""
    if not (FOLDER / "node_modules" / "pyodide").exists():
        lacking("pyodide", "make pyodide")
    folder = tmp_path_factory.mktemp("standalone")
    wheel = ["wheel", "--quiet", "--no-deps", "--disable-pip-version-check", "-w", folder]
    subprocess.run([sys.executable, "-m", "pip", *wheel, ROOT], check=True)
    (built,) = folder.glob("*.whl")
    path = folder / "page.html"
    subprocess.run([sys.executable, FOLDER / "build.py", built, path], check=True)
    assert path.stat().st_size < LIMIT
    with visits(browser, path.as_uri()) as visit:
        opened = visit(viewport={"width": 1280, "height": 900})
        opened.wait_for_selector("#total-macs", timeout=120_000)
        yield opened


def totals(page, **wanted: int) -> None:
    """Wait until the page shows these totals."""
    for key, value in wanted.items():
        page.wait_for_function(
            "([id, text]) => document.getElementById(id)?.textContent === text",
            arg=[f"total-{key}", f"{value:,}"],
        )


def choose(page, name: str) -> None:
    page.select_option("#network", name)


def test_it_shows_the_chapters_network_first(page) -> None:
    totals(page, layers=18, params=11_178_378, macs=1_734_890_496)


def test_the_figure_is_the_packages_own(page) -> None:
    choose(page, "resnet18")
    totals(page, params=11_689_512)
    drawn = page.evaluate("document.getElementById('save').href.startsWith('blob:')")
    texts = page.locator("#figure svg text").all_text_contents()

    assert drawn
    expected = resnet_viz.draw("resnet18", direction="right").to_svg()
    assert texts
    assert all(f">{text}<" in expected for text in texts if text)


def test_an_edit_is_counted_as_the_package_counts_it(page) -> None:
    choose(page, "d2l-resnet18")
    totals(page, params=11_178_378)
    page.get_by_label("Stage 4: channels").fill("256")
    spec = find("d2l-resnet18")
    stages = (*spec.stages[:3], replace(spec.stages[3], channels=256))
    expected = resnet_viz.report(replace(spec, stages=stages)).totals

    totals(page, **{key: expected[key] for key in ("layers", "params", "macs", "activations")})


def test_a_wrong_edit_is_said_in_a_line_and_the_figure_stays(page) -> None:
    choose(page, "d2l-resnet18")
    totals(page, params=11_178_378)
    page.get_by_label("Stage 1: blocks").fill("0")
    page.wait_for_function("document.getElementById('wrong').textContent.includes('must be')")

    assert page.locator("#figure svg").count() == 1
    assert "Traceback" not in page.inner_text("body")


def test_stages_are_added_and_removed(page) -> None:
    choose(page, "d2l-resnet18")
    totals(page, layers=18)
    page.get_by_role("button", name="Remove stage 4").click()
    totals(page, layers=14)
    page.get_by_role("button", name="Add a stage").click()
    totals(page, layers=18)
