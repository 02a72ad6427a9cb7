"""PNG and PDF in a process of their own."""

import sys

import pytest
from scenes import PAPER

from resnet_viz import RequestError, ResNetVizError, draw
from resnet_viz.export import EXPORTERS, render_process
from resnet_viz.export.render_process import write_in_process


@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_the_bytes_are_those_of_this_process(suffix, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where there is no package to find
    scene = draw("resnet18").scene

    assert write_in_process(suffix, scene) == EXPORTERS[suffix].write(scene)
    assert list(tmp_path.iterdir()) == []


def test_what_the_exporter_refuses_is_told_in_its_words():
    huge = PAPER._replace(scale=1000.0)
    with pytest.raises(RequestError) as here:
        EXPORTERS[".png"].write(huge)

    with pytest.raises(RequestError) as apart:
        write_in_process(".png", huge)

    assert str(apart.value) == str(here.value)


def test_a_process_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(render_process, "TIMEOUT", 0.01)

    with pytest.raises(RequestError, match=r"^\.pdf: took longer than 0\.01 seconds"):
        write_in_process(".pdf", PAPER)


def test_a_process_that_dies_is_told_and_the_next_one_works(monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "false")
        with pytest.raises(ResNetVizError, match="ended with 1"):
            write_in_process(".pdf", PAPER)

    assert write_in_process(".pdf", PAPER).startswith(b"%PDF")
