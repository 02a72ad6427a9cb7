"""Define the arguments of each command, named like those of the Python function."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["VERBS", "Verb"]


class Verb(NamedTuple):
    """A command; the function of the same name in `commands` runs it.

    Attributes:
        help: the one-line help.
        add_arguments: the function that adds the command's arguments to its parser.
    """

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]


_NETWORK = (
    "a zoo name, a spec file, a checkpoint, an .onnx or .pt2 file, or package.module:callable for "
    "any torch module"
)


def _add_draw(verb: argparse.ArgumentParser) -> None:
    from resnet_viz.answers.figure_options import OPTIONS  # lazy: other commands need no figures
    from resnet_viz.answers.option import listed
    from resnet_viz.export import EXPORTERS

    _named(verb, several=True)
    for name, option in OPTIONS.items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(option.default, bool):
            verb.add_argument(flag, action="store_true", help=option.help)
        else:
            verb.add_argument(
                flag,
                metavar=option.metavar or name.upper(),
                default=option.default,
                help=option.help + (f" (default: {option.default})" if option.default else ""),
            )
    verb.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=f"write to FILE, an {listed(EXPORTERS)} (default: an SVG to stdout)",
    )
    verb.add_argument(
        "--scale", metavar="SCALE", help="pixels per point of a .png (default: 2)", type=_number
    )


def _add_report(verb: argparse.ArgumentParser) -> None:
    _network(verb)
    _choice(verb, "depth", "block", "what the rows are: network, stage, block or op")
    _choice(
        verb,
        "convention",
        "macs",
        "count as macs, flops, torch, fvcore, torchinfo, thop, ptflops or pycls",
    )
    _choice(verb, "format", "text", "text, md, csv, json, latex or html")
    _columns(verb)
    verb.add_argument(
        "--derive", action="store_true", help="show where the number of layers comes from"
    )


def _add_compare(verb: argparse.ArgumentParser) -> None:
    _networks(verb, {"before": _NETWORK, "after": "another, to compare it with"})
    _choice(verb, "depth", "block", "what the rows are: network, stage, block or op")
    _columns(verb)
    _choice(verb, "format", "text", "text, md, csv, json, latex or html")


def _add_explain(verb: argparse.ArgumentParser) -> None:
    _network(verb)
    verb.add_argument(
        "--run",
        action="store_true",
        help="run the tools that are installed and compare; exit code 1 if one differs",
    )
    _choice(verb, "format", "text", "text, md, csv, json, latex or html")


def _add_identify(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "checkpoint",
        metavar="CHECKPOINT",
        help="a .safetensors file, a .pth, .pt or .bin file (read by torch, nothing in it is run), "
        "or the .index.json of several",
    )
    _choice(verb, "format", "text", "text, md, csv, json, latex or html")


def _add_shapes(verb: argparse.ArgumentParser) -> None:
    _network(verb)
    _choice(verb, "depth", "stage", "what the rows are: network, stage, block or op")


def _add_table(verb: argparse.ArgumentParser) -> None:
    _network(verb, several=True)
    _choice(verb, "format", "text", "text, md, csv, json, latex, html or svg")


def _add_memory(verb: argparse.ArgumentParser) -> None:
    _network(verb)
    _batch(verb, 1)
    _choice(verb, "dtype", "float32", "float64, float32, bfloat16 or float16")
    _choice(verb, "optimizer", "sgd", "sgd, momentum, adam, adamw or none")
    verb.add_argument(
        "--no-training", dest="training", action="store_false", help="count inference only"
    )
    verb.add_argument(
        "--fit", metavar="MEMORY", help="choose the largest batch that fits: 24GB, 16GiB"
    )
    _choice(verb, "depth", "block", "what the rows are: network, stage, block or op")
    _choice(verb, "allocator", "exact", "exact, or cuda: each tensor rounded up to 512 bytes")
    _choice(verb, "format", "text", "text, md, csv, json, latex or html")
    verb.add_argument(
        "-o", "--output", metavar="FILE", help="draw where the bytes live over the run to FILE, too"
    )


def _add_latency(verb: argparse.ArgumentParser) -> None:
    _network(verb)
    _choice(
        verb,
        "device",
        "rtx4090",
        "rtx3090, rtx4090, rtx5090, pro6000maxq, i7-12700h, i9-10940x, a whole name of timm's "
        "results, or one that you calibrated",
    )
    _batch(verb, None, "256, or that of the input")
    verb.add_argument("--dtype", metavar="DTYPE", help="float32, float16, bfloat16 or amp")
    _choice(verb, "mode", "infer", "infer, a forward pass, or train, a training step")
    _choice(verb, "depth", "block", "what the rows are: network, stage, block or op")
    _choice(verb, "format", "text", "text, md, csv, json, latex or html")


def _add_measure(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("network", metavar="NETWORK", nargs="?", help=_NETWORK)
    _input(verb)
    _batch(verb, 1)
    verb.add_argument(
        "--device", metavar="DEVICE", help="what to predict for (default: this machine's name)"
    )
    verb.add_argument(
        "--threads", metavar="THREADS", type=_exact, help="how many torch uses (default: its own)"
    )
    verb.add_argument(
        "--calibrate",
        action="store_true",
        help="find what this machine reaches, in under a minute, and keep it for --device",
    )
    _choice(verb, "name", "this-machine", "what the calibration is called")
    _choice(verb, "depth", "block", "what the rows are: network, stage, block or op")
    _choice(verb, "format", "text", "text, md, csv, json, latex or html")


def _add_receptive_field(verb: argparse.ArgumentParser) -> None:
    _named(verb)
    verb.add_argument(
        "--input",
        metavar="CxHxW",
        help="input size, as 3x224x224 (default: the network's own)",
    )
    verb.add_argument(
        "--effective",
        action="store_true",
        help="shade pixels by the gradient, with random weights (needs torch)",
    )
    verb.add_argument(
        "--seed", metavar="SEED", type=_exact, default=0, help="the random seed (default: 0)"
    )
    _choice(verb, "lang", "en", "language of the title: en or zh")
    _choice(verb, "theme", "d2l", "d2l, paper, mono, dark, or a TOML file")
    verb.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write to FILE, as draw does (default: SVG to stdout)",
    )


def _add_code(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("network", metavar="NETWORK", help="a zoo name, a spec file or a checkpoint")
    _choice(verb, "framework", "torch", "torch, keras (Keras 3) or flax (Flax NNX)")
    _choice(verb, "style", "plain", "plain, or chapter: as the d2l chapter writes it")
    verb.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write to FILE, a .py file, or an .ipynb notebook with figure and report "
        "(default: to stdout)",
    )


def _add_search(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "space", metavar="SPACE", help="a file of a space: a spec whose values are sets"
    )
    _budgets(verb)
    goals = "params, macs, flops, activations, depth, memory or latency"
    verb.add_argument(
        "--maximise", metavar="TOTAL", help=f"what is to be large: {goals} (default: params)"
    )
    verb.add_argument("--minimise", metavar="TOTAL", help="what is to be small instead")
    _several_found(verb)


def _add_fit(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("network", metavar="NETWORK", help="a zoo name or a spec file")
    _budgets(verb)
    _several_found(verb)


def _budgets(verb: argparse.ArgumentParser) -> None:
    for name in ("macs", "params", "flops", "activations", "layers"):
        verb.add_argument(
            f"--{name}",
            metavar="AMOUNT",
            help=f"the most {name}: 5000000, 5M or 1G; 0.5G:1G for at least and at most",
        )
    verb.add_argument(
        "--memory", metavar="BYTES", help="the most memory of a training step: 2GB or 1.5GiB"
    )
    verb.add_argument("--latency", metavar="TIME", help="the most time of a forward pass: 5ms")
    _batch(verb, 1)
    _choice(verb, "device", "rtx4090", "whose latency, as `latency` has it")


def _several_found(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "-k", metavar="NUMBER", type=_exact, default=1, help="how many networks (default: 1)"
    )
    _choice(
        verb, "format", "text", "text, md, csv, json, latex or html; yaml for the best as a spec"
    )


def _add_chart(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "space", metavar="SPACE", help="a file of a space: a spec whose values are sets"
    )
    _choice(verb, "kind", "scatter", "scatter, front, or edf: the share up to each cost")
    _choice(verb, "x", "macs", "params, macs, activations or layers")
    _choice(verb, "y", "params", "the same; an edf has none")
    verb.add_argument(
        "-n", metavar="NUMBER", type=_exact, default=1_000, help="networks drawn (default: 1000)"
    )
    verb.add_argument(
        "--seed", metavar="SEED", type=_exact, default=0, help="the random seed (default: 0)"
    )
    verb.add_argument(
        "--landmarks",
        metavar="NAMES",
        help="networks of the zoo to mark, as resnet18,resnet50; 'none' for none",
    )
    _choice(verb, "theme", "paper", "the theme of the picture")
    _choice(verb, "lang", "en", "the language of titles and labels: en or zh")
    verb.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write to FILE, as draw does (default: SVG to stdout)",
    )


def _add_zoo(verb: argparse.ArgumentParser) -> None:
    pass


def _add_spec(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("network", metavar="NETWORK", help="a zoo name or a spec file")
    _choice(verb, "format", "yaml", "yaml, toml or json")


def _add_lesson(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--depths",
        metavar="LAYERS",
        type=_integers,
        help="numbers of layers, each 6n + 2 (default: 20,56,110)",
    )
    for name, default, help in (
        ("epochs", 20, "how often every image is seen"),
        ("lr", 0.05, "the learning rate after the warm-up"),
        ("seeds", 1, "how often each network is trained"),
    ):
        verb.add_argument(
            f"--{name}",
            metavar=name.upper(),
            type=_exact,
            help=f"{help} (default: {default})",
        )
    verb.add_argument(
        "--measured",
        action="store_true",
        help="train nothing; show what five seeds gave when the docs were made",
    )
    _choice(verb, "format", "text", "text, md, csv, json, latex or html")
    verb.add_argument(
        "-o", "--output", metavar="FOLDER", help="write the charts and the numbers to FOLDER, too"
    )


def _add_app(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--port", metavar="PORT", type=_number, help="where it is served (default: 8501)"
    )
    verb.add_argument(
        "--address",
        metavar="ADDRESS",
        default="localhost",
        help="who is served: localhost, this machine only, or 0.0.0.0, whoever reaches it "
        "(default: localhost)",
    )


# Arguments of several commands


def _network(verb: argparse.ArgumentParser, several: bool = False) -> None:
    _named(verb, several)
    _input(verb)


def _named(verb: argparse.ArgumentParser, several: bool = False) -> None:
    number = "+" if several else None
    more = "; several for what shows several" if several else ""
    verb.add_argument("network", metavar="NETWORK", nargs=number, help=_NETWORK + more)


def _networks(verb: argparse.ArgumentParser, helps: dict[str, str]) -> None:
    for name, help in helps.items():
        verb.add_argument(name, metavar=name.upper(), help=help)
    _input(verb)


def _input(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--input",
        metavar="CxHxW",
        help="input size, as 3x224x224 or 8x3x224x224 (default: the network's own)",
    )
    verb.add_argument(
        "--means",
        metavar="MEANS",
        help="trace a module by stand-ins, fake or run (default: in this order)",
    )


def _batch(verb: argparse.ArgumentParser, default: int | None, said: str = "1") -> None:
    verb.add_argument(
        "--batch",
        metavar="IMAGES",
        type=_exact,
        default=default,
        help=f"how many images at once (default: {said})",
    )


def _columns(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--columns",
        metavar="NAMES",
        default="",
        help="which numbers: any of params,macs,activations,memory,time,intensity,receptive-field",
    )


def _number(text: str) -> float | str:
    """Return a number, or else the text itself, which the called function then rejects."""
    try:
        return float(text)
    except ValueError:
        return text


def _exact(text: str) -> object:
    """Return an integer if the text is one; otherwise as `_number`."""
    digits = text.removeprefix("-")
    is_whole = digits.isascii() and digits.isdigit() and len(digits) < 20
    return int(text) if is_whole else _number(text)


def _integers(text: str) -> tuple[object, ...]:
    return tuple(map(_exact, text.split(",")))


def _choice(verb: argparse.ArgumentParser, name: str, default: str, help: str) -> None:
    """Add an option with a default; the called function checks its value."""
    verb.add_argument(
        f"--{name}", default=default, metavar=name.upper(), help=f"{help} (default: {default})"
    )


VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "draw": Verb("draw a network, its blocks, or a figure of book or paper", _add_draw),
        "report": Verb("count layers, parameters, MACs and activations", _add_report),
        "compare": Verb("say what differs between two networks, part by part", _add_compare),
        "explain": Verb("say why other tools print other totals", _add_explain),
        "identify": Verb("say which networks have the parameters of a checkpoint", _add_identify),
        "shapes": Verb("trace the tensor's shape through the network", _add_shapes),
        "table": Verb("print networks side by side, stage by stage", _add_table),
        "memory": Verb("count the bytes that a network needs, and what is alive", _add_memory),
        "latency": Verb("predict how long a network takes on a device", _add_latency),
        "measure": Verb("time a network on this machine, beside what is predicted", _add_measure),
        "receptive-field": Verb(
            "draw which pixels one output element of each stage depends on", _add_receptive_field
        ),
        "code": Verb("write a network as code that needs nothing of this package", _add_code),
        "search": Verb("find the best networks of a space under budgets", _add_search),
        "fit": Verb("make a network fit budgets: narrower, wider, shallower, deeper", _add_fit),
        "chart": Verb("chart a space: samples, front, or how a cost is spread", _add_chart),
        "zoo": Verb("list the networks by name, with where each comes from", _add_zoo),
        "spec": Verb("print a network's spec, to start a file of your own", _add_spec),
        "lesson": Verb("train plain and residual networks on digits: why residual?", _add_lesson),
        "app": Verb("open the page in which stages are varied and networks watched", _add_app),
    }
)
"""The commands, in the order of the help."""
