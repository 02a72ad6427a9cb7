"""Test every public function with arguments of all types."""

import inspect
from contextlib import suppress
from dataclasses import replace
from types import FunctionType

import pytest
import torch
from torch import nn

import resnet_viz
from resnet_viz import ResNetSpec, ResNetVizError, Stage, save, trace
from resnet_viz.sources import find_spec
from resnet_viz.zoo import find

NET = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
GRAPH = trace(NET, (1, 3, 8, 8))
NAME = "cifar-resnet20"

ARGUMENTS = {
    "after": NAME,
    "before": NAME,
    "checkpoint": resnet_viz.build(NAME).state_dict(),
    "graph": GRAPH,
    "model": NET,
    "module": NET,
    "network": NAME,
    "networks": [NAME],
    "spec": ResNetSpec(stages=(Stage(1, 8),)),
    "stages": (Stage(1, 8),),
    "blocks": 1,
    "channels": 8,
}
"""What is legal for arguments that must be given, by their names."""

SPACE = {"stages": [{"blocks": [1, 2], "channels": [8, 16]}]}

OF_FUNCTION = {
    "chart": {"space": SPACE, "n": 3, "landmarks": ("resnet18",)},
    "details": {"path": "layer1.0"},
    "fit": {"macs": "20M", "params": "1M"},
    "lesson": {"depths": (8,)},
    "pareto": {"space": SPACE},
    "sample": {"space": SPACE, "n": 2, "seed": 0},
    "search": {"space": SPACE, "macs": "1G", "memory": "1GB", "latency": "9s", "batch": 2},
    "regnet": {"depth": 13, "w_0": 24, "w_a": 36.0, "w_m": 2.5, "group_width": 8},
    "trace": {"input": (1, 3, 8, 8)},
    "summary": {"input_size": (1, 3, 8, 8), "verbose": 0},
}
"""Arguments that a function has besides, or means otherwise."""

WRONG = [
    *(None, 5, -1, 0, 2.5, float("nan"), True, 1j, 10**400),
    *(b"x", "", "x", "\x00", "\ud800x.toml", "a\nb.yaml", "a:b", "x" * 5000),
    *(object(), [], ["x", 3], (), {}, {"a": 1}, {1, 2}, [[[]]], slice(1), iter([1])),
    *(len, int, lambda: 1, nn.Sequential(nn.ReLU()), torch.zeros(2)),
]

FUNCTIONS = [
    name
    for name in resnet_viz.__all__
    if isinstance(getattr(resnet_viz, name), FunctionType)
    or name in ("Head", "ResNetSpec", "Stage", "Stem")
]


class LongWorkError(Exception):
    """Raised instead of starting long work: the arguments have passed all checks."""


def long_work(*args: object, **options: object) -> None:
    """Replace training, timing and the runs of other tools."""
    raise LongWorkError


def arguments_of(name: str) -> list[inspect.Parameter]:
    """Return the arguments of a public function: its parameters, and the names of `**options`."""
    parameters = inspect.signature(getattr(resnet_viz, name)).parameters.values()
    named = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    others = OF_FUNCTION.get(name, {}).keys() - {p.name for p in named}
    return named + [inspect.Parameter(other, inspect.Parameter.KEYWORD_ONLY) for other in others]


def legal(name: str, tmp_path) -> dict[str, object]:
    """Return legal arguments of a public function."""
    file = tmp_path / "net.yaml"
    save(ARGUMENTS["spec"], file)
    given = {**ARGUMENTS, "path": file, **OF_FUNCTION.get(name, {})}
    return {
        parameter.name: given[parameter.name]
        for parameter in arguments_of(name)
        if parameter.default is parameter.empty or parameter.name in OF_FUNCTION.get(name, {})
    }


@pytest.mark.filterwarnings("ignore")  # torch's own, of what it is given
@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_argument_of_a_wrong_type_is_one_line(name: str, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    for work in ("referees.run", "stopwatch.ready", "training.train.train"):
        monkeypatch.setattr(f"resnet_viz.{work}", long_work)
    function = getattr(resnet_viz, name)
    base = legal(name, tmp_path)
    with suppress(LongWorkError):
        function(**base)
    for argument in (parameter.name for parameter in arguments_of(name)):
        for value in WRONG:
            try:
                with suppress(LongWorkError):
                    function(**{**base, argument: value})
            except ResNetVizError as error:
                lines = len(str(error).splitlines())
                assert lines == 1, (argument, value)


SOURCES = ("name", "file", "spec", "module", "callable")


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", ["report", "shapes", "draw", "explain", "details", "compare"])
def test_every_answer_takes_every_kind_of_source(name: str, source: str, tmp_path) -> None:
    spec = resnet_viz.load(saved(tmp_path))
    network = {
        "name": NAME,
        "file": saved(tmp_path),
        "spec": spec,
        "module": resnet_viz.build(spec),
        "callable": "resnet_viz.nn.chapter:chapter_resnet18",
    }[source]
    size = {"callable": (1, 1, 32, 32), "module": (1, 3, 32, 32)}.get(source)
    arguments = {"network": network, "path": "layer2.0" if source != "callable" else "3.0"}
    if name == "compare":
        arguments = {"before": network, "after": network}
    elif name != "details":
        del arguments["path"]

    assert getattr(resnet_viz, name)(**arguments, input=size)


@pytest.mark.parametrize("source", SOURCES)
def test_build_and_summary_take_every_kind_of_source(source: str, tmp_path) -> None:
    spec = resnet_viz.load(saved(tmp_path))
    network = {
        "name": NAME,
        "file": saved(tmp_path),
        "spec": spec,
        "module": NET,
        "callable": "resnet_viz.nn.chapter:chapter_resnet18",
    }[source]
    size = {"callable": (1, 1, 32, 32), "module": (1, 3, 8, 8)}.get(source)
    built = resnet_viz.build(network)
    params = sum(param.numel() for param in built.parameters())

    assert (built is NET) == (source == "module")
    assert resnet_viz.summary(network, size, verbose=0).total_params == params


@pytest.mark.parametrize("name", ["resnet26t", "cifar-resnet20", "plain18"])
def test_the_spec_of_a_module_is_found_by_its_parameters_and_its_operators(name: str) -> None:
    assert find_spec(resnet_viz.build(name)) == find(name)  # resnet18 has plain18's parameters


def test_a_spec_with_the_same_parameters_and_other_operators_is_not_taken() -> None:
    other = replace(find(NAME), activation="silu")

    with pytest.raises(ResNetVizError, match="no spec describes this module"):
        find_spec(resnet_viz.build(other))


def test_a_module_that_no_spec_describes_is_refused_in_a_line() -> None:
    with pytest.raises(
        ResNetVizError, match=r"^network: Sequential \(no spec describes this module"
    ):
        resnet_viz.to_code(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3)))


def test_code_and_family_of_what_a_callable_makes() -> None:
    code = resnet_viz.to_code("resnet_viz.nn.chapter:chapter_resnet18")

    assert str(code) == str(resnet_viz.to_code("d2l-resnet18"))


def test_the_file_of_a_graph_is_a_source_of_memory_and_time_too(tmp_path) -> None:
    file = tmp_path / "graph.json"
    resnet_viz.draw(GRAPH).save(file)

    assert resnet_viz.memory(file).totals == resnet_viz.memory(GRAPH).totals


def test_assemble_takes_a_name_a_file_and_a_spec(tmp_path) -> None:
    file = saved(tmp_path)
    one, two, three = map(resnet_viz.assemble, (NAME, file, resnet_viz.load(file)))

    assert one == two == three


def saved(tmp_path) -> str:
    """The file of a network of the zoo."""
    file = tmp_path / f"{NAME}.yaml"
    save(find(NAME), file)
    return str(file)


def test_a_name_that_differs_in_case_only_is_meant() -> None:
    assert resnet_viz.report("ResNet50").network == "resnet50"
    assert resnet_viz.report("resnet18", convention="FVCORE").convention == "fvcore"
    assert resnet_viz.report("resnet18").to("JSON").startswith("{")
    assert resnet_viz.compare("resnet18", "resnet18", depth="Block").depth == "block"
    assert resnet_viz.draw("ResNet18", theme="D2L", figure="Blocks").to_svg() == (
        resnet_viz.draw("resnet18", figure="blocks").to_svg()
    )


def test_an_input_may_be_a_text_as_on_the_command_line() -> None:
    assert resnet_viz.report("resnet18", "3x64x64").input == (3, 64, 64)
    assert resnet_viz.report(NET, "1x3x8x8").input == (1, 3, 8, 8)
