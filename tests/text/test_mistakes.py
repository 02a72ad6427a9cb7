"""What the library says is wrong, in Chinese."""

import re
from dataclasses import replace

import pytest

from resnet_viz import Head, RequestError, ResNetSpec, Stage, Stem, draw
from resnet_viz.app.address import from_link
from resnet_viz.app.answers import check, drawing_of
from resnet_viz.app.state import Look
from resnet_viz.errors import SpecError
from resnet_viz.spec.files import decode
from resnet_viz.text import translate_error
from resnet_viz.zoo import find


def spec(**other: object) -> ResNetSpec:
    return check(replace(find("resnet18"), **other))


def stage(**other: object) -> ResNetSpec:
    stages = find("resnet50").stages
    return check(replace(find("resnet50"), stages=(replace(stages[0], **other), *stages[1:])))


LIMITS = {"value": 0, "low": 1, "high": 64}
BARE = Stage(1, 64, block="basic", stride=1)
ALL = draw("cifar-resnet1202", unroll=True, depth="op")
MISTAKES = [
    lambda: stage(blocks=0),
    lambda: stage(blocks=10**30),
    lambda: stage(block="bottelneck"),
    lambda: stage(block="nothing like it"),
    lambda: stage(pool=1),
    lambda: stage(expansion=3),
    lambda: stage(base_width=1, channels=4),
    lambda: stage(groups=2**16, channels=2**16),
    lambda: replace(BARE, groups=2),
    lambda: spec(dropout=1.0),
    lambda: spec(dropout="much"),
    lambda: spec(name=" "),
    lambda: spec(name="\x00"),
    lambda: spec(name="n" * 1000),
    lambda: spec(input=(3, 224)),
    lambda: spec(input=(3, 224, 0)),
    lambda: spec(bias=2),
    lambda: spec(reduction=8),
    lambda: spec(norm="group", norm_groups=7),
    lambda: spec(stem=Stem(kernel=4)),
    lambda: spec(stem=Stem(pool=False, pooling="conv")),
    lambda: spec(stem=Stem(pooling="nothing like it")),
    lambda: spec(stem=Stem(activated=False)),
    lambda: spec(stem=Stem(pooling="padded"), downsampler="blur"),
    lambda: spec(downsampler="blur", input=(3, 1, 1)),
    lambda: check(replace(find("vgg16"), input=(3, 16, 16))),
    lambda: spec(head=Head(hidden=tuple(range(1, 100)))),
    lambda: spec(stages=(replace(BARE, channels=8, shortcut="A"),)),
    lambda: decode(b'{"stages": [{"blocks": 1, "chanels": 64}]}', "json"),
    lambda: decode(b'{"stages": 1}', "json"),
    lambda: decode(b'{"name": "a"}', "json"),
    lambda: decode(b"{", "json"),
    lambda: decode(b"[a", "toml"),
    lambda: decode(b"{a", "yaml"),
    lambda: from_link({"net": "resnet51"}),
    lambda: from_link({"net": "nothing like it"}),
    lambda: from_link({"spec": "%"}),
    lambda: from_link({"depth": "x"}),
    lambda: drawing_of(find("resnet18"), Look("groups"), "en"),
    lambda: drawing_of(find("plain18"), Look("residual"), "en"),
    lambda: drawing_of(spec(stages=(replace(BARE, blocks=9999),)), Look(unroll=True), "en"),
    lambda: ALL.check(".png"),
    lambda: ALL.check(".tex"),
    lambda: ALL.check(".mmd"),
]


@pytest.mark.parametrize("make", MISTAKES)
def test_what_a_visitor_can_do_wrong_is_told_in_chinese_with_its_values(make):
    with pytest.raises(RequestError) as caught:
        make()
    error = caught.value

    chinese = translate_error(error, "zh")

    assert re.search("[一-鿿]", chinese), error
    assert not re.search(r"must|did you", chinese), chinese
    assert translate_error(error, "en") == str(error)


def test_an_error_inside_another_is_translated_with_it():
    inner = SpecError("blocks", "{value} (must be an integer from {low} to {high})", **LIMITS)
    outer = RequestError("{file}: {error}", file="net.yaml", error=inner.within("stages[0]"))

    assert str(outer) == "net.yaml: stages[0].blocks: 0 (must be an integer from 1 to 64)"
    assert translate_error(outer, "zh") == "net.yaml: stages[0].blocks: 0（须为 1 至 64 的整数）"


def test_a_sentence_without_a_translation_stays_as_it_is():
    error = RequestError("{thing} (must be new)", thing="something else")

    assert translate_error(error, "zh") == "something else (must be new)"


def test_braces_in_a_value_are_no_places():
    with pytest.raises(RequestError) as caught:
        find("{0.__class__}")

    assert "'{0.__class__}'" in translate_error(caught.value, "zh")
    assert "'{0.__class__}'" in translate_error(caught.value, "en")
