"""Test that every page of the site is built, and that no link is broken."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

import resnet_viz

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E"]
    cache = tmp_path_factory.mktemp("doctrees")
    done = subprocess.run(
        [*command, "-d", cache, ROOT / "docs", target], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return target


def test_every_link_and_picture_of_a_page_is_there(site) -> None:
    made_elsewhere = {"standalone.html"}  # by `make site`, from a wheel
    for page in site.rglob("*.html"):
        if "_figures" in page.parts:
            continue
        text = page.read_text(encoding="utf-8")
        ids = set(re.findall(r'\sid="([^"]+)"', text))
        for link in re.findall(r'\s(?:href|src)="([^"]+)"', text):
            if re.match(r"[a-z]+:", link) or link in made_elsewhere:
                continue
            path, _, anchor = unquote(link).partition("#")
            path = path.partition("?")[0]
            assert (page.parent / path).exists() if path else not anchor or anchor in ids, (
                f"{page.relative_to(site)}: {link}"
            )


def test_the_reference_has_every_public_name(site) -> None:
    text = (site / "reference.html").read_text(encoding="utf-8")

    for name in resnet_viz.__all__:
        assert f'id="resnet_viz.{name}"' in text


def test_figures_to_open_are_drawn(site) -> None:
    page = (site / "interactive.html").read_text(encoding="utf-8")

    for figure in re.findall(r'src="(_figures/[^"]+)"', page):
        assert "<svg" in (site / figure).read_text(encoding="utf-8")
