"""Test that generated code is the same network, and is written as by hand."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from code_sweep import distance
from hypothesis import given, settings
from strategies import specs
from torch import nn

from resnet_viz import RequestError, ResNetSpec, assemble, build, to_code, trace, unroll
from resnet_viz.answers.to_code import FRAMEWORKS
from resnet_viz.cli import run
from resnet_viz.nn import chapter_resnet18
from resnet_viz.zoo import find

ONE_OF_A_FAMILY = (
    *("d2l-resnet18", "resnet34", "resnet50-v1", "plain34", "resnet34-a", "resnext50_32x4d"),
    *("resnet50c", "resnetrs50", "test_resnet", "seresnet18", "senet154", "ecaresnet26t"),
    *("resnetblur18", "seresnetaa50d", "resnetv2_18", "resnetv2_50d_gn", "resnetv2_50d_frn"),
    *("resnetv2_50d_evos", "resnetv2_50x1_bit", "cifar-resnet20", "cifar-preresnet164"),
    *("wrn-16-8", "cifar-resnext29_8x64d", "vgg16"),
)


KERAS_AND_FLAX = (
    *("resnet34-a", "senet154", "ecaresnet26t", "resnetblur18", "resnetv2_50x1_bit", "vgg16"),
)
"""Every kind of block; `make test-code` writes the whole zoo."""


def written(spec: ResNetSpec, device: str = "meta") -> nn.Module:
    """Return the module that the code makes."""
    names: dict[str, Any] = {"__name__": "written"}
    exec(compile(to_code(spec), "written", "exec"), names)
    with torch.device(device):
        module: nn.Module = names["ResNet"]()
    return module.eval()


@pytest.mark.parametrize("name", ONE_OF_A_FAMILY)
def test_what_is_written_is_what_is_drawn_and_counted(name: str) -> None:
    spec = find(name)
    shape = (1, *spec.input)

    assert trace(written(spec), shape) == unroll(assemble(spec, shape))


@settings(max_examples=15)
@given(spec=specs())
def test_generated_specs_are_written_as_they_are(spec: ResNetSpec) -> None:
    shape = (1, *spec.input)
    net = written(spec)
    with torch.device("meta"):
        net.load_state_dict(build(spec).state_dict(), strict=True, assign=True)

    assert trace(net, shape) == unroll(assemble(spec, shape))


@pytest.mark.parametrize(
    "name", ["d2l-resnet18", "resnet50", "resnetv2_50x1_bit", "ecaresnet26t", "cifar-resnet20"]
)
def test_with_the_weights_of_build_the_outputs_are_equal_to_the_bit(name: str) -> None:
    spec = find(name)
    ours, net = build(spec).eval(), written(spec, "cpu")
    net.load_state_dict(ours.state_dict(), strict=True)
    x = torch.rand(2, spec.input[0], 64, 64)

    with torch.no_grad():
        assert torch.equal(net(x), ours(x))


def test_resnet50_is_written_in_80_lines_and_says_its_table() -> None:
    code = to_code("resnet50")

    assert len(code.splitlines()) <= 80
    assert "conv4_x 14x14 [1x1, 256; 3x3, 256; 1x1, 1024] x 6" in code
    assert "resnet_viz" not in code


def test_only_what_a_spec_needs_is_written() -> None:
    assert "downsample" not in to_code("plain18")
    assert "import functional" not in to_code("resnet50")
    assert "class StdConv2d" in to_code("resnetv2_50x1_bit")
    assert "class StdConv2d" not in to_code("resnetv2_50")


def test_written_code_is_formatted_linted_and_typed(tmp_path: Path) -> None:
    for framework in FRAMEWORKS:
        folder = tmp_path / f"for_{framework}"  # not `torch`: that would be a package
        folder.mkdir()
        for name in ONE_OF_A_FAMILY if framework == "torch" else KERAS_AND_FLAX:
            to_code(name, framework).save(folder / f"{name.replace('-', '_')}.py")
    to_code("d2l-resnet18", style="chapter").save(tmp_path / "for_torch" / "chapter.py")
    ruff = [sys.executable, "-m", "ruff"]
    mypy = [sys.executable, "-m", "mypy", "--config-file="]
    for command in (
        [*ruff, "format", "--isolated", "--check", "."],
        [*ruff, "format", "--isolated", "--line-length", "100", "--check", "for_torch"],
        [*ruff, "check", "--isolated", "."],
        [*mypy, "--strict", "for_torch/ecaresnet26t.py", "for_torch/resnet50_v1.py"],
    ):
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def narrow(spec: ResNetSpec) -> ResNetSpec:
    """Return a network of the same parts: two stages of two blocks, few channels, small images."""
    divisor = 4
    stages = tuple(
        replace(
            stage,
            blocks=min(stage.blocks, 2),
            channels=stage.channels // divisor,
            groups=min(stage.groups, 2),
            base_width=64,
        )
        for stage in spec.stages[:2]
    )
    stem = replace(
        spec.stem,
        channels=spec.stem.channels // divisor,
        hidden=tuple(width // divisor for width in spec.stem.hidden),
    )
    head = replace(spec.head, classes=5, hidden=tuple(16 for _ in spec.head.hidden))
    shape = (spec.input[0], 32, 32)
    groups = min(spec.norm_groups, 2)
    norm_groups = groups if spec.norm in ("group", "evo") else spec.norm_groups
    return replace(spec, stages=stages, stem=stem, head=head, input=shape, norm_groups=norm_groups)


@pytest.mark.parametrize("framework", ["keras", "flax"])
@pytest.mark.filterwarnings("default")  # what the frameworks say of themselves
def test_keras_and_flax_put_out_what_pytorch_does(framework: str, monkeypatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")
    monkeypatch.setenv("JAX_DEFAULT_PRNG_IMPL", "rbg")  # compiles in a third of the time
    monkeypatch.setenv("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")  # and so does this

    for name in KERAS_AND_FLAX:
        assert distance(narrow(find(name)), framework) < 1e-5, name


def test_a_class_stands_for_blocks_that_differ_in_numbers_only() -> None:
    code = to_code("resnetv2_50x1_bit")
    assert [line for line in code.splitlines() if line.startswith("class ")] == [
        "class StdConv2d(nn.Conv2d):",
        "class Bottleneck(nn.Module):",
        "class Bottleneck2(nn.Module):",
        "class ResNet(nn.Module):",
    ]
    assert "nn.Conv2d(incoming, channels, 1, stride)" in to_code("d2l-resnet18")


def test_the_chapters_form_is_the_chapters_network() -> None:
    names: dict[str, Any] = {}
    code = to_code("d2l-resnet18", style="chapter")
    with torch.device("meta"):
        exec(compile(code, "chapter", "exec"), names)
        theirs = chapter_resnet18()

    names["net"].load_state_dict(theirs.state_dict(), strict=True, assign=True)
    shape = (1, 1, 224, 224)
    assert trace(names["net"].eval(), shape) == trace(theirs.eval(), shape)
    with pytest.raises(RequestError, match="style: 'chapter' cannot say resnet50"):
        to_code("resnet50", style="chapter")


def test_a_notebook_with_code_figure_and_report_runs(tmp_path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    assert run(["code", "cifar-resnet20", "-o", str(tmp_path / "a.ipynb")]) == 0
    notebook = nbformat.read(tmp_path / "a.ipynb", as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=120).execute()

    (output,) = notebook.cells[2].outputs
    assert output.text == "torch.Size([1, 10])\n"
    assert "<svg" in notebook.cells[3].source
    assert "269,722 parameters" in notebook.cells[4].source


def test_the_command_prints_what_the_function_returns(capsys, tmp_path: Path) -> None:
    assert run(["code", "resnet18"]) == 0
    assert capsys.readouterr().out == to_code("resnet18")
    assert run(["code", "resnet18", "-o", str(tmp_path / "a.txt")]) == 2
    assert "must end in .py or .ipynb" in capsys.readouterr().err
    assert run(["code", "resnet18", "--framework", "tensorflow"]) == 2
    assert "unknown framework: 'tensorflow'" in capsys.readouterr().err
    assert run(["code", "d2l-resnet18", "--framework", "flax", "--style", "chapter"]) == 2
    assert "is written for torch (not for flax)" in capsys.readouterr().err


def test_a_name_is_data_in_a_docstring() -> None:
    spec = replace(find("cifar-resnet20"), name='"""\\N{x} + 1')
    assert json.dumps(spec.name)
    assert written(spec) is not None
