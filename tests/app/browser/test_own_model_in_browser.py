"""A visitor's own model, in a real browser."""

import json
import struct

from app_browser import eventually, expect_totals, press, shown
from playwright.sync_api import expect

from resnet_viz.assembly import assemble
from resnet_viz.graph.repeat import unroll
from resnet_viz.zoo import find


def weights(name: str) -> bytes:
    """Return the header of a file with a network's tensors, without their data."""
    nodes = unroll(assemble(find(name))).nodes()
    params = [param for node in nodes for param in node.params]
    header = {
        param.name: {"dtype": "F32", "shape": param.shape, "data_offsets": [0, 0]}
        for param in params
    }
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    return struct.pack("<Q", len(text)) + text


def test_a_file_of_weights_is_identified_by_its_header(visit) -> None:
    page = visit()

    def choose_file(data: bytes) -> None:
        page.locator(".checkpoint input").set_input_files(
            {"name": "mine.safetensors", "mimeType": "application/octet-stream", "buffer": data}
        )

    press(page, "Or a file")
    choose_file(weights("resnet34"))
    eventually(page, lambda shown: shown.spec.stages == find("resnet34").stages)
    expect_totals(page, "resnet34")

    choose_file(struct.pack("<Q", 2**60) + b"{}")
    expect(page.locator(".checkpoint p")).to_have_text("Its header is longer than 50 MB.")
    choose_file(b"not a header")
    expect(page.locator(".checkpoint p")).not_to_be_empty()
    assert shown(page).spec.stages == find("resnet34").stages
