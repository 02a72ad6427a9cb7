"""The parser of the command line; a command adds its arguments when it is the one asked for."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from resnet_viz import __version__
from resnet_viz.cli import commands
from resnet_viz.cli.arguments import VERBS
from resnet_viz.errors import RequestError, nearest

__all__ = ["parser"]


class _Parser(argparse.ArgumentParser):
    """A parser that raises what is wrong, so that it is said in one place and one way."""

    def options(self) -> list[str]:
        """Return the options of this command, or those of all."""
        return list(self._option_string_actions)

    def error(self, message: str) -> NoReturn:
        word = message.rpartition(": ")[2].split(" ")[0]
        near = nearest(word, self.options()) if word.startswith("--") else None
        raise RequestError(f"{message} (did you mean {near!r}?)" if near else message)


class _VerbParser(_Parser):
    """The parser of one command, which adds its arguments when it is first used."""

    verb = ""

    def options(self) -> list[str]:
        self._fill()
        return super().options()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self._fill()
        return super().parse_known_args(args, namespace)

    def _fill(self) -> None:
        if "run_command" not in self._defaults:
            VERBS[self.verb].add_arguments(self)
            self.set_defaults(run_command=getattr(commands, self.verb))


class _TopParser(_Parser):
    """The parser of all commands."""

    verbs: tuple[_VerbParser, ...] = ()

    def options(self) -> list[str]:
        return [*super().options(), *(name for verb in self.verbs for name in verb.options())]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; its result's `run_command` is the command to call."""
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
    parsers = top.add_subparsers(title="commands", metavar="COMMAND", parser_class=_VerbParser)
    for name, verb in VERBS.items():
        made = parsers.add_parser(name, help=verb.help, description=verb.help, allow_abbrev=False)
        made.verb = name
        top.verbs += (made,)
    return top
