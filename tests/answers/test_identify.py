"""Test that every network that fits a checkpoint is found, and what no file can tell."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from libraries import of_timm
from samples import SAMPLE
from states import state_of
from strategies import specs

from resnet_viz import Head, RequestError, ResNetSpec, assemble, build, identify, report
from resnet_viz.checkpoints.names import DIALECTS
from resnet_viz.cli import run
from resnet_viz.nn import chapter_resnet18
from resnet_viz.nn.libraries import timm_name, to_timm, to_torchvision
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.zoo import find

# Of the zoo's networks these have the same names and shapes: they differ in what has no parameters.
ALIKE = (
    ("resnet18", "resnetblur18"),
    ("resnet34", "resnet34-b"),
    ("resnet50", "resnet50-v1", "resnetblur50", "resnetaa50"),
    ("plain34", "resnet34-a"),
    ("resnet50d", "resnetblur50d", "resnetaa50d"),
)


def alike(name: str) -> tuple[str, ...]:
    return next((names for names in ALIKE if name in names), (name,))


@pytest.mark.parametrize("name", SAMPLE)
def test_a_network_of_the_zoo_is_found_with_all_that_look_like_it(name: str) -> None:
    made = identify(state_of(find(name)))

    assert set(made.names) >= set(alike(name))
    assert find(name) in [replace(spec, name=name) for spec in made.specs]
    assert not made.unmatched


def test_resnet50_is_told_with_each_place_of_its_strides() -> None:
    made = identify(state_of(find("resnet50")))

    assert made.undecided == {
        "stride_in": ("3x3", "1x1"),
        "downsampler": ("stride", "blur", "average"),
    }
    assert len(made.specs) == 6
    assert {"input", "activation", "dropout", "drop_path", "stages.stride"} <= made.assumed.keys()


def test_plain_or_option_a_is_not_told() -> None:
    made = identify(state_of(find("cifar-resnet20")))

    assert made.undecided["stages.shortcut"] == (("A", "A", "A"), ("none", "none", "none"))


def like(spec: ResNetSpec, truth: ResNetSpec, paths: object) -> ResNetSpec:
    """Return the found spec with its assumed fields set to the true values."""
    for path in paths:
        part, _, name = path.rpartition(".")
        if path == "input":
            spec = replace(spec, input=(spec.input[0], *truth.input[1:]))
        elif part == "stages":
            pairs = zip(spec.stages, truth.stages, strict=True)
            stages = tuple(replace(a, **{name: getattr(b, name)}) for a, b in pairs)
            spec = replace(spec, stages=stages)
        elif part:
            value = getattr(getattr(truth, part), name)
            spec = replace(spec, **{part: replace(getattr(spec, part), **{name: value})})
        else:
            spec = replace(spec, **{name: getattr(truth, name)})
    return spec


def is_same(spec: ResNetSpec, truth: ResNetSpec, paths: object) -> bool:
    try:
        return assemble(like(spec, truth, paths), truth.input) == assemble(truth)
    except RequestError:  # the fields of one spec are not legal in another
        return False


@settings(max_examples=8)
@given(spec=specs())
def test_a_generated_spec_is_among_those_found_but_for_what_is_said_to_be_assumed(spec) -> None:
    made = identify(state_of(spec))

    assert not made.unmatched
    assert all(state_of(found) == state_of(spec) for found in made.specs)
    assert any(is_same(found, spec, made.assumed) for found in made.specs)


@pytest.mark.parametrize("name", ["resnet34", "resnext50_32x4d", "wide_resnet50_2"])
def test_torchvisions_modules_are_found(name: str) -> None:
    with torch.device("meta"):
        module = getattr(import_beside("torchvision.models"), name)(num_classes=7)

    made = identify(module.state_dict())

    assert name in made.names
    assert made.specs[0] == replace(find(name), head=Head(7))


@pytest.mark.parametrize(
    "name",
    [
        *("resnet50_gn", "resnetrs50", "seresnext26d_32x4d", "ecaresnet26t", "resnetblur18"),
        *("test_resnet", "resnetv2_50", "resnetv2_50d_evos", "resnetv2_50d_frn"),
        *("resnetv2_50x1_bit", "senet154"),
    ],
)
def test_timms_modules_are_found(name: str) -> None:
    made = identify(of_timm(name, in_chans=1).state_dict())

    assert name in made.names
    assert not made.unmatched
    assert made.specs[0].input[0] == 1


@pytest.mark.parametrize("name", ["resnetv2_18d", "resnetv2_50x1_bit", "ecaresnet26t", "resnet18"])
def test_timms_names_are_read_as_from_timm_writes_them(name: str) -> None:
    spec = find(name)
    dialect = dict(DIALECTS)["resnetv2" if spec.preactivation else "resnet"]

    for ours in state_of(spec):
        assert dialect.to_ours(timm_name(ours, spec)) == dialect.merge(ours)


def test_the_chapters_module_is_found_as_the_chapter_builds_it() -> None:
    with torch.device("meta"):
        made = identify(chapter_resnet18().state_dict())

    assert made.names == ("d2l-resnet18",)
    assert made.specs[0] == find("d2l-resnet18")
    assert not made.unmatched


def test_names_of_other_packages_are_known() -> None:
    ours = state_of(find("resnet18"))
    kuangliu = {
        f"module.{name.replace('downsample', 'shortcut').replace('fc.', 'linear.')}": shape
        for name, shape in ours.items()
    }
    made = identify(kuangliu)

    assert "resnet18" in made.names
    assert not made.unmatched


def test_averages_and_optimizers_beside_the_weights_are_no_strangers() -> None:
    state = state_of(find("resnet18"))
    prefixed = {f"module._orig_mod.{name}": shape for name, shape in state.items()}
    momentum = {number: {"exp_avg": shape} for number, shape in enumerate(state.values())}
    saved = {
        "state_dict_ema": prefixed,
        "state_dict": {**prefixed, "module._orig_mod.projector.weight": (128, 512)},
        "optimizer": {"state": momentum, "param_groups": [{"lr": 0.1}]},
        "epoch": 90,
    }
    made = identify(saved)

    assert made.names == ("resnet18", "resnetblur18")
    assert made.unmatched == ("state_dict.module._orig_mod.projector.weight",)


def test_a_file_without_a_head_is_found_and_its_head_is_assumed() -> None:
    state = {name: shape for name, shape in state_of(find("resnet50")).items() if "fc" not in name}
    made = identify({f"backbone.{name}": shape for name, shape in state.items()})

    assert "resnet50" in made.names
    assert "head" in made.assumed


def test_a_network_that_is_none_is_told_so_with_the_nearest() -> None:
    state = state_of(find("resnet18"))
    odd = state | {"layer1.0.gate.weight": (64, 64), "layer3.1.conv2.weight": (256, 256, 5, 5)}
    made = identify(odd)

    assert made.specs == made.names == ()
    assert made.nearest is not None
    assert made.nearest.name == "resnet18"
    assert set(made.unmatched) == {"layer1.0.gate.weight", "layer3.1.conv2.weight"}
    assert identify({"blocks.0.attn.qkv.weight": (2304, 768)}).nearest is None


def test_wherever_a_network_is_named_a_checkpoint_will_do(tmp_path, capsys, monkeypatch) -> None:
    torch.save({"state_dict": build(find("resnet50")).state_dict()}, tmp_path / "mine.pth")
    monkeypatch.chdir(tmp_path)

    assert report("mine.pth").totals == report("resnet50").totals
    assert run(["report", "mine.pth", "--format", "csv"]) == 0
    printed = capsys.readouterr()
    run(["report", "resnet50", "--format", "csv"])
    assert printed.out == capsys.readouterr().out
    assert "taken as resnet50, the likeliest of 6 networks that fit" in printed.err
    assert run(["identify", "mine.pth"]) == 0
    assert "resnet50-v1" in capsys.readouterr().out


def test_commands_say_on_one_line_what_a_checkpoint_is_not(tmp_path, capsys, monkeypatch) -> None:
    torch.save({"fc.weight": torch.zeros(2, 3)}, tmp_path / "mine.pth")
    monkeypatch.chdir(tmp_path)

    assert run(["report", "mine.pth"]) == 2
    assert "no residual network that a spec can say" in capsys.readouterr().err
    assert run(["identify", "mine.pth"]) == 1
    assert run(["identify", "none.safetensors"]) == 2
    assert capsys.readouterr().err == "none.safetensors: no such file\n"


def test_every_format_holds_what_was_found() -> None:
    made = identify(state_of(find("resnet18")))

    assert made.to_dataframe()["network"].tolist()[0] == "resnet18"
    assert "Assumed, because no file says it: input 224×224" in str(made)
    for format in made.formats():
        assert "resnet18" in made.to(format)


def test_a_hundred_thousand_odd_names_take_no_more_than_their_share() -> None:
    many = {f"a{i}.conv1.weight": (2**39, 2**39, 1, 1) for i in range(50_000)}
    blocks = {f"layer1.{i}.conv1.weight": (8, 8, 3, 3) for i in range(40_000)}
    made = identify(many | blocks | {"conv1.weight": (8, 3, 3, 3)})

    assert made.specs == ()


@pytest.mark.parametrize("library", [to_timm, to_torchvision])
@pytest.mark.parametrize("name", ["regnet_y_400mf", "regnet_x_800mf"])
def test_regnets_are_known_by_the_names_of_both_libraries(name: str, library: Any) -> None:
    spec = find(name)
    state = {key: torch.empty(shape, device="meta") for key, shape in state_of(spec).items()}
    found = identify(library(state, spec))

    assert name in found.names
    assert found.unmatched == ()


def test_parameters_without_statistics_may_be_of_either_norm() -> None:
    state = {
        key: shape
        for key, shape in state_of(find("resnet50")).items()
        if "running" not in key and "num_batches" not in key
    }
    found = identify(state)

    assert found.undecided["norm"] == ("group", "batch")
    assert find("resnet50") in [replace(spec, name="resnet50") for spec in found.specs]
    assert "norm: group or batch. What would tell: running statistics" in str(found)
    assert "norm" not in found.assumed
    basic = {
        key: shape
        for key, shape in state_of(find("resnet18")).items()
        if "running" not in key and "num_batches" not in key
    }
    assert "resnet18" in identify(basic).names
