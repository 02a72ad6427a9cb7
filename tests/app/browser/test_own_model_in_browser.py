"""A visitor's own model, in a real browser."""

import io
import json
import struct

import torch
from app_browser import eventually, expect_totals, press, shown
from playwright.sync_api import expect

from resnet_viz import build
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


def saved(content: object, protocol: int = 2) -> bytes:
    """Return a file of `torch.save`."""
    file = io.BytesIO()
    torch.save(content, file, pickle_protocol=protocol)
    return file.getvalue()


class Code:
    """An object whose pickle calls a function when it is loaded."""

    def __reduce__(self):
        return print, ("run",)


def test_a_file_of_weights_is_identified_by_its_header(visit) -> None:
    page = visit()

    def choose_file(data: bytes) -> None:
        page.locator(".checkpoint input").set_input_files(
            {"name": "mine.safetensors", "mimeType": "application/octet-stream", "buffer": data}
        )

    press(page, "Or a file")
    expect(page.get_by_text("A spec (YAML, TOML, JSON; 100 kB)", exact=False)).to_be_visible()
    expect(page.get_by_text("MB per file", exact=False)).not_to_be_visible()  # Streamlit's words
    net = build("cifar-resnet20")
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    training = {"epoch": 3, "state_dict": net.state_dict(), "optimizer": optimizer.state_dict()}
    choose_file(saved({**training, "more": [Code(), 0.5, -1, 2**40, None]}))
    eventually(page, lambda shown: shown.spec.stages == find("cifar-resnet20").stages)
    choose_file(saved(build("cifar-resnet32").state_dict(), protocol=4))
    eventually(page, lambda shown: shown.spec.stages == find("cifar-resnet32").stages)
    choose_file(saved(Code()))
    expect(page.locator(".checkpoint p")).to_contain_text("no names and shapes")
    choose_file(weights("resnet34"))
    eventually(page, lambda shown: shown.spec.stages == find("resnet34").stages)
    expect_totals(page, "resnet34")

    choose_file(struct.pack("<Q", 2**60) + b"{}")
    expect(page.locator(".checkpoint p")).to_have_text("Its header is longer than 50 MB.")
    choose_file(b"not a header")
    expect(page.locator(".checkpoint p")).not_to_be_empty()
    assert shown(page).spec.stages == find("resnet34").stages
