"""Make the parser of the command line; only the command that is called adds its arguments."""

from __future__ import annotations

import argparse
from functools import cached_property
from typing import Any, NoReturn

from resnet_viz import __version__
from resnet_viz.cli import commands
from resnet_viz.cli.arguments import VERBS
from resnet_viz.errors import RequestError, nearest

__all__ = ["parser"]


class _Parser(argparse.ArgumentParser):
    """A parser that raises errors instead of printing them, so that one place prints them all."""

    def options(self) -> list[str]:
        """Return the names of the options of this command."""
        return list(self._option_string_actions)

    def error(self, message: str) -> NoReturn:
        word = message.rpartition(": ")[2].split(" ")[0]
        near = nearest(word, self.options()) if word.startswith("--") else None
        raise RequestError(f"{message} (did you mean {near!r}?)" if near else message)


class _Command:
    """A command whose parser is made when it is first used."""

    verb = ""

    def __init__(self, **settings: Any) -> None:
        self._settings = settings

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)

    @cached_property
    def _parser(self) -> _Parser:
        made = _Parser(**self._settings)
        VERBS[self.verb].add_arguments(made)
        made.set_defaults(run_command=getattr(commands, self.verb.replace("-", "_")))
        return made


class _TopParser(_Parser):
    """The parser of the whole command line."""

    verbs: tuple[_Command, ...] = ()

    def options(self) -> list[str]:
        return [*super().options(), *(name for verb in self.verbs for name in verb.options())]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; its result's `run_command` is the function to call."""
    top = _TopParser(
        prog="resnet-viz",
        description="Draw and count residual networks, from a name or a spec file, without torch; "
        "and any torch module.",
        epilog="NETWORK is a name of the zoo (resnet-viz zoo), a spec file in YAML, TOML or JSON "
        "(resnet-viz spec prints one to start from), a checkpoint (resnet-viz "
        "identify says how much it tells), or package.module:callable (needs torch).",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=__version__)
    top.set_defaults(run_command=lambda: top.print_help())
    parsers = top.add_subparsers(  # type: ignore[type-var]  # it stands for a parser
        title="commands", metavar="COMMAND", parser_class=_Command
    )
    for name, verb in VERBS.items():
        made = parsers.add_parser(name, help=verb.help, description=verb.help, allow_abbrev=False)
        made.verb = name
        top.verbs += (made,)
    return top
