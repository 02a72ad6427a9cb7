"""Links, files, uploads."""

import json
import re
from dataclasses import replace
from pathlib import Path

from app_browser import (
    alert,
    eventually,
    expect_totals,
    number,
    press,
    settle,
    shown,
    type_in,
    until,
)

from resnet_viz import draw, report, to_code
from resnet_viz.answers.to_code import FRAMEWORKS
from resnet_viz.spec.files import decode, dumps
from resnet_viz.zoo import find


def test_a_shared_link_opens_the_same_page_elsewhere(visit) -> None:
    page = visit("net=resnet34&theme=paper")
    type_in(number(page, "Channels", 4), "640")
    page.get_by_role("heading", name="resnet34-edited").wait_for()
    settle(page)
    page.get_by_role("radio", name="Take away").click()
    eventually(page, lambda shown: shown.section == "download")
    link = page.locator("[data-testid=stCode]").last.inner_text().strip()
    other = visit(link.partition("?")[2])

    def figure(one) -> str:
        svg = one.locator(".stage > svg").first.inner_html()
        return re.sub(r' (tabindex|aria-pressed)="[^"]*"', "", svg)

    expect_totals(page, shown(page).spec)
    expect_totals(other, shown(page).spec)
    until(other, lambda: shown(other) == shown(page))
    until(other, lambda: figure(other) == figure(page))


def test_every_format_can_be_downloaded(visit) -> None:
    page = visit("net=resnet34&section=download")
    got = {}
    for button in page.get_by_test_id("stDownloadButton").get_by_role("button").all():
        with page.expect_download() as download:
            button.click()
        got[download.value.suggested_filename] = Path(download.value.path()).read_bytes()
        page.wait_for_timeout(200)  # Chromium drops the eleventh download within a second
    drawing = draw("resnet34", direction="right")

    assert len(got) == 19 + len(FRAMEWORKS)
    assert got["resnet34.py"].decode() == to_code("resnet34")
    assert json.loads(got["resnet34.ipynb"])["cells"]
    for suffix in ("svg", "png", "pdf", "tex", "drawio", "pptx", "html", "dot", "mmd"):
        assert got[f"resnet34.{suffix}"] == drawing.to_bytes(f".{suffix}"), suffix
    assert got["resnet34-graph.json"] == drawing.to_bytes(".json")
    for format, suffix in {"csv": "csv", "md": "md", "latex": "tex", "html": "html"}.items():
        expected = report("resnet34", depth="block").to(format)
        assert got[f"resnet34-report.{suffix}"].decode() == expected, suffix
    assert json.loads(got["resnet34-report.json"])
    for format in ("yaml", "toml", "json"):
        assert decode(got[f"resnet34.{format}"], format) == find("resnet34")


def test_a_spec_is_uploaded_and_a_broken_one_refused(visit) -> None:
    spec = replace(find("resnet34"), name="mine")
    page = visit()

    def upload(name: str, data: bytes) -> None:
        press(page, "Or a file")
        page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "text/yaml", "buffer": data}
        )

    upload("mine.yaml", dumps(spec, "yaml").encode())
    page.get_by_role("heading", name="mine", exact=True).wait_for()
    eventually(page, lambda shown: shown.spec == spec)
    expect_totals(page, "resnet34")
    page.keyboard.press("Escape")
    upload("bad.yaml", b"stages: [{blocks: -1, channels: 8}]")
    alert(page).wait_for()

    until(page, lambda: re.search(r"bad.yaml: stages\[0\].blocks: -1", alert(page).inner_text()))
    eventually(page, lambda shown: shown.spec == spec)
