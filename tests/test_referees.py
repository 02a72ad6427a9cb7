"""Test conventions against the numbers printed by their tools."""

import os
import sys

import pytest
import torch
from hypothesis import given, settings
from strategies import specs

from resnet_viz import Head, ResNetSpec, Stage, Stem, build, explain, report
from resnet_viz.count import CONVENTIONS
from resnet_viz.ops import TERMS
from resnet_viz.referees import REFEREES, run
from resnet_viz.zoo import entries

TOOLS = tuple(REFEREES)

# What the tools printed (torch 2.13, fvcore 0.1.5, torchinfo 1.8.0, thop 0.1.1, ptflops 0.7.5)
PRINTED = {
    ("d2l-resnet18", 224): (3469780992, 1739531776, 1737382026, 1744148480, 1746757130),
    ("d2l-resnet18", 96): (637315072, 319510016, 319121546, 320358400, 320837130),
    ("resnet18", 224): (3628146688, 1819065856, 1814083944, 1824033792, 1825313768),
    ("resnet34", 224): (7327522816, 3671262720, 3663779432, 3678739456, 3680019432),
    ("resnet50", 224): (8178368512, 4111512576, 4089238376, 4133742592, 4132436968),
    ("resnet101", 224): (15602810880, 7833969664, 7801511784, 7866435584, 7865129960),
    ("resnet152", 224): (23027253248, 11558835200, 11513779048, 11603945472, 11602639848),
    ("resnext50_32x4d", 224): (8460959744, 4259381248, 4230549096, 4288184320, 4286878696),
    ("wide_resnet50_2", 224): (22796042240, 11426922496, 11398090344, 11455725568, 11454419944),
    ("resnet50", 288): (13516668928, 6795244544, 6758388584, 6831990784, 6829833192),
}


@pytest.mark.parametrize(("name", "side"), PRINTED)
def test_each_convention_gives_what_its_tool_printed(name: str, side: int) -> None:
    channels = entries()[name].spec.input[0]
    for tool, printed in zip(TOOLS, PRINTED[name, side], strict=True):
        counted = report(name, (channels, side, side), convention=tool)
        assert counted.totals[tool] == printed
        assert sum(row.cost for row in counted.rows) == printed


def test_conventions_weigh_terms_that_exist() -> None:
    for convention in CONVENTIONS.values():
        assert set(convention.weights) <= set(TERMS)
    assert set(TOOLS) <= set(CONVENTIONS)


@pytest.mark.parametrize(
    "name", ["d2l-resnet18", "resnet18", "resnet50", "resnext50_32x4d", "cifar-resnet20", "plain18"]
)
def test_the_tools_print_what_is_predicted(name: str) -> None:
    spec = entries()[name].spec
    made = explain(name, (spec.input[0], 64, 64), run=True)

    assert made.agrees
    for line in made.lines:
        if line.convention.name in TOOLS:
            assert line.printed == line.total, line.convention.name


@pytest.mark.parametrize(
    "fields",
    [
        *({"activation": name} for name in ("relu6", "silu", "mish")),
        *({"norm": name} for name in ("group", "frn", "evo")),
        *({"downsampler": name} for name in ("blur", "average")),
        {"standardized": True, "bias": True},
        {"attention": "se", "functional": True},
    ],
    ids=str,
)
def test_the_tools_print_what_is_predicted_of_every_kind(fields: dict) -> None:
    stages = (Stage(1, 32), Stage(1, 64, 2, shortcut="D"))
    spec = ResNetSpec(stages, input=(3, 64, 64), stem=Stem(32), head=Head(4), **fields)
    made = explain(spec, run=True)

    assert [(line.convention.name, line.printed) for line in made.lines if line.printed] == [
        (line.convention.name, line.total) for line in made.lines if line.printed
    ]
    assert {line.convention.name for line in made.lines if line.printed} >= set(TOOLS)


@settings(max_examples=12)
@given(spec=specs())
def test_the_tools_print_what_is_predicted_of_generated_specs(spec: ResNetSpec) -> None:
    made = explain(spec, run=True)

    for line in made.lines:
        if line.convention.name in TOOLS:
            assert line.printed == line.total, (line.convention.name, line.problem)


def test_a_referee_that_fails_or_is_missing_says_why(monkeypatch) -> None:
    import resnet_viz.referees

    def fail(*_: object) -> int:
        raise ValueError("out of order")

    find = resnet_viz.referees.find_spec
    monkeypatch.setattr(resnet_viz.referees, "REFEREES", {"thop": fail, "fvcore": fail})
    monkeypatch.setattr(
        resnet_viz.referees, "find_spec", lambda name: None if name == "fvcore" else find(name)
    )

    assert run(torch.nn.Linear(2, 2), (1, 2)) == {
        "thop": "raised ValueError: out of order",
        "fvcore": "not installed (pip install fvcore)",
    }


def test_a_tool_that_prints_something_else_is_exit_code_1(monkeypatch, capsys) -> None:
    import resnet_viz.referees
    from resnet_viz.cli import run as command

    monkeypatch.setattr(resnet_viz.referees, "REFEREES", {"thop": lambda *_: 7})

    assert command(["explain", "cifar-resnet20", "--run"]) == 1
    assert "NOT what was predicted" in capsys.readouterr().out


def test_explain_sums_up_to_what_each_tool_prints(capsys) -> None:
    made = explain("resnet50")
    for line in made.lines:
        added = sum(weight * amount for weight, amount in line.terms.values())
        assert line.total == line.scale * made.macs + added
    text = made.to_text()

    assert "2 × 11,113,984 elements that norms put out" in text
    assert "+         100,352  elements that adaptive pooling reads" in text


def test_modules_by_name(capsys, tmp_path, monkeypatch) -> None:
    from resnet_viz.cli import run as command

    (tmp_path / "mine.py").write_text(
        "from torch import nn\n"
        "def net(): return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())\n"
        "instance = net()\n"
        "number = 3\n"
        "def three(): return 3\n"
        "def fails(): raise OSError('no such\\nfile')\n"
        "class Needs(nn.Module):\n"
        "    def __init__(self, width): super().__init__()\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    for source in ("mine:net", "mine:instance"):
        assert command(["report", source, "--input", "1x3x8x8"]) == 0
        assert "224 parameters" in capsys.readouterr().out
    for source, size, message in (
        ("mine:nett", "1x3x8x8", "'mine' has no 'nett' (did you mean 'net'?)"),
        ("mine:number", "1x3x8x8", "'mine:number' is 3 (must be a callable that makes a module)"),
        ("mine:three", "1x3x8x8", "'mine:three' made 3 (must make a torch.nn.Module)"),
        ("mine:fails", "1x3x8x8", "'mine:fails' raised OSError: no such"),
        ("mine:Needs", "1x3x8x8", "'mine:Needs' raised TypeError: "),
        ("nowhere:net", "1x3x8x8", "cannot import 'nowhere': ModuleNotFoundError"),
        ("mine:net", None, "input: missing (a module needs its whole shape, as 1x3x224x224)"),
        ("mine:net", "1x1x8x8", "0: input 1×1×8×8 has 1 channels (its weight takes 3)"),
        ("os; import x:net", "1x3", "network: 'os; import x:net' (must be as package.module:call"),
    ):
        assert command(["report", source, *(["--input", size] if size else [])]) == 2
        error = capsys.readouterr().err
        assert error.startswith(message), error
        assert error.count("\n") == 1


def test_without_torch_a_module_says_what_to_install(tmp_path) -> None:
    import subprocess

    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from resnet_viz.cli import run\n"
        "sys.exit(run(['report', 'a.b:c', '--input', '1x3']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ
    )

    assert done.returncode == 2
    assert done.stderr.startswith("torch is not installed (modules need it: pip install")


def test_torchvisions_resnets_by_every_tool() -> None:
    for name in ("resnet18", "wide_resnet50_2"):
        module = build(entries()[name].spec)
        printed = run(module, (1, 3, 64, 64))
        for tool in TOOLS:
            assert report(module, (1, 3, 64, 64), convention=tool).totals[tool] == printed[tool]
