"""The arguments of each command, by the names of the Python functions' own."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any, NoReturn

from resnet_viz import __version__
from resnet_viz.cli import commands
from resnet_viz.errors import RequestError, nearest
from resnet_viz.export import EXPORTERS

__all__ = ["parser"]


_NETWORK = "a zoo name, a spec file, or package.module:callable for any torch module"


class _Parser(argparse.ArgumentParser):
    """A parser that raises what is wrong, so that it is said in one place and one way."""

    def error(self, message: str) -> NoReturn:
        word = message.rpartition(": ")[2].split(" ")[0]
        options = [name for part in (self, *_verbs(self)) for name in part._option_string_actions]
        near = nearest(word, options) if word.startswith("--") else None
        raise RequestError(f"{message} (did you mean {near!r}?)" if near else message)


def _verbs(top: argparse.ArgumentParser) -> Iterable[argparse.ArgumentParser]:
    return [verb for action in top._actions if action.choices for verb in _parsers(action.choices)]


def _parsers(choices: Any) -> list[argparse.ArgumentParser]:
    return list(choices.values()) if isinstance(choices, dict) else []


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; its result's `run_command` is the command to call."""
    top = _Parser(
        prog="resnet-viz",
        description="Draw and count residual networks, from a name or a spec file, without torch; "
        "and any torch module.",
        epilog="NETWORK is a name of the zoo (resnet-viz zoo), a spec file in YAML, TOML or JSON "
        "(resnet-viz spec prints one to start from), or package.module:callable (needs torch).",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=__version__)
    top.set_defaults(run_command=lambda: top.print_help())
    verbs = top.add_subparsers(title="commands", metavar="COMMAND")

    draw = _verb(verbs, "draw", "draw a network, its blocks, or a figure of book or paper")
    _network(draw, several=True)
    _choice(
        draw,
        "figure",
        "network",
        "what to draw: network, blocks, residual, groups, anynet, shortcut, bodies or layers",
    )
    _choice(draw, "direction", "up", "where data flows: up, down, right or left")
    _choice(draw, "lang", "en", "language of the labels: en or zh")
    _choice(draw, "theme", "d2l", "d2l, paper, mono, dark, or a TOML file")
    _choice(draw, "layout", "auto", "figure, dot (Graphviz, for any network), or auto")
    draw.add_argument(
        "--depth", metavar="DEPTH", help="what the boxes are: network, stage, block or op"
    )
    draw.add_argument("--unroll", action="store_true", help="draw every block; fold none")
    draw.add_argument(
        "--annotate",
        metavar="FACTS",
        default="",
        help="what to write beside lines and boxes: any of shape,params,macs",
    )
    draw.add_argument(
        "--highlight",
        metavar="PATHS",
        default="",
        help="mark scopes and operators: layer3.0, or several with commas between them",
    )
    draw.add_argument(
        "--page", metavar="PAGE", help="fit the figure to a page: a4, letter, column or slide"
    )
    draw.add_argument("--title", default="", help="written above the figure")
    draw.add_argument("--caption", default="", help="written below the figure")
    draw.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=f"write to FILE, an {_listed(EXPORTERS)} (default: an SVG to stdout)",
    )
    draw.add_argument(
        "--scale", metavar="SCALE", help="pixels per point of a .png (default: 2)", type=_number
    )
    draw.set_defaults(run_command=commands.draw)

    report = _verb(verbs, "report", "count layers, parameters, MACs and activations")
    _network(report)
    _choice(report, "depth", "block", "what the rows are: network, stage, block or op")
    _choice(
        report,
        "convention",
        "macs",
        "count as macs, flops, torch, fvcore, torchinfo, thop or ptflops",
    )
    _choice(report, "format", "text", "text, md, csv, json, latex or html")
    report.add_argument(
        "--derive", action="store_true", help="show where the number of layers comes from"
    )
    report.set_defaults(run_command=commands.report)

    compare = _verb(verbs, "compare", "say what differs between two networks, part by part")
    _networks(compare, {"before": _NETWORK, "after": "another, to compare it with"})
    _choice(compare, "depth", "block", "what the rows are: network, stage, block or op")
    _choice(compare, "format", "text", "text, md, csv, json, latex or html")
    compare.set_defaults(run_command=commands.compare)

    explain = _verb(verbs, "explain", "say why other tools print other totals")
    _network(explain)
    explain.add_argument(
        "--run",
        action="store_true",
        help="run the tools that are installed and compare; exit code 1 if one differs",
    )
    explain.set_defaults(run_command=commands.explain)

    shapes = _verb(verbs, "shapes", "trace the tensor's shape through the network")
    _network(shapes)
    _choice(shapes, "depth", "stage", "what the rows are: network, stage, block or op")
    shapes.set_defaults(run_command=commands.shapes)

    table = _verb(verbs, "table", "print networks side by side, stage by stage")
    _network(table, several=True)
    _choice(table, "format", "text", "text, md, csv, json, latex, html or svg")
    table.set_defaults(run_command=commands.table)

    zoo = _verb(verbs, "zoo", "list the networks by name, with where each comes from")
    zoo.set_defaults(run_command=commands.zoo)

    spec = _verb(verbs, "spec", "print a network's spec, to start a file of your own")
    spec.add_argument("network", metavar="NETWORK", help="a zoo name or a spec file")
    _choice(spec, "format", "yaml", "yaml, toml or json")
    spec.set_defaults(run_command=commands.spec)

    lesson = _verb(verbs, "lesson", "train plain and residual networks on digits: why residual?")
    lesson.add_argument(
        "--depths",
        metavar="LAYERS",
        type=_integers,
        default=(20, 56, 110),
        help="numbers of layers, each 6n + 2 (default: 20,56,110)",
    )
    for name, default, help in (
        ("epochs", 20, "how often every image is seen"),
        ("lr", 0.05, "the learning rate after the warm-up"),
        ("seeds", 1, "how often each network is trained"),
    ):
        lesson.add_argument(
            f"--{name}",
            metavar=name.upper(),
            type=_exact,
            default=default,
            help=f"{help} (default: {default})",
        )
    lesson.add_argument(
        "--measured",
        action="store_true",
        help="train nothing; show what five seeds gave when the docs were made",
    )
    _choice(lesson, "format", "text", "text, md, csv, json, latex or html")
    lesson.add_argument(
        "-o", "--output", metavar="FOLDER", help="write the charts and the numbers to FOLDER, too"
    )
    lesson.set_defaults(run_command=commands.lesson)

    app = _verb(verbs, "app", "open the page in which stages are varied and networks watched")
    app.add_argument(
        "--port", metavar="PORT", type=_number, help="where it is served (default: 8501)"
    )
    app.add_argument(
        "--address",
        metavar="ADDRESS",
        default="localhost",
        help="who is served: localhost, this machine only, or 0.0.0.0, whoever reaches it "
        "(default: localhost)",
    )
    app.set_defaults(run_command=commands.app)

    return top


def _verb(verbs: Any, name: str, help: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name, help=help, description=help, allow_abbrev=False
    )
    return verb


def _network(verb: argparse.ArgumentParser, several: bool = False) -> None:
    number = "+" if several else None
    more = "; several for what shows several" if several else ""
    verb.add_argument("network", metavar="NETWORK", nargs=number, help=_NETWORK + more)
    _input(verb)


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


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}"


def _number(text: str) -> float | str:
    """Return a number; what is none is refused where it is used, with what is legal."""
    try:
        return float(text)
    except ValueError:
        return text


def _exact(text: str) -> object:
    """Return an integer where there is one, or as `_number`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else _number(text)


def _integers(text: str) -> tuple[object, ...]:
    return tuple(map(_exact, text.split(",")))


def _choice(verb: argparse.ArgumentParser, name: str, default: str, help: str) -> None:
    """Add an option with a default; what is legal is checked where it is used."""
    verb.add_argument(
        f"--{name}", default=default, metavar=name.upper(), help=f"{help} (default: {default})"
    )
