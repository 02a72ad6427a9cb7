"""What a visitor copies makes the network that he sees."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from strategies import specs

import resnet_viz
from resnet_viz.app.snippet import python, snippet
from resnet_viz.app.state import Look
from resnet_viz.zoo import find


@settings(max_examples=20)
@given(specs())
def test_a_spec_as_python_is_the_spec(spec):
    assert eval(python(spec), vars(resnet_viz) | {"resnet_viz": resnet_viz}) == spec


@pytest.mark.parametrize("name", ['a" + b + "', "a'; import os", "\\", "名"])
def test_a_name_is_only_a_name(name):
    spec = replace(find("resnet18"), name=name)

    assert eval(python(spec), {one: getattr(resnet_viz, one) for one in NAMES}) == spec


NAMES = ("Head", "ResNetSpec", "Stage", "Stem")


def test_the_lines_draw_what_the_page_shows(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    spec = replace(find("resnet18"), bias=True, name="mine")

    exec(snippet(spec, Look(theme="mono", figure="blocks")), {})

    expected = resnet_viz.draw(spec, figure="blocks", theme="mono", direction="right").to_svg()
    assert (tmp_path / "mine.svg").read_text(encoding="utf-8") == expected
    assert f"{resnet_viz.report(spec).totals['params']:,}" in capsys.readouterr().out
