"""The command line: parse the arguments, call the function, print the result.

Exit codes: 0 done; 1 the work failed; 2 the request was wrong; 130 it was interrupted.
"""

from __future__ import annotations

import sys

__all__ = ["main", "run"]


def main(args: list[str] | None = None) -> None:
    """Run one command and exit with its code; print an error as one line on standard error."""
    sys.exit(run(sys.argv[1:] if args is None else args))


def run(args: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        from resnet_viz.cli.running import run_command  # here, to catch Ctrl-C during the import

        return run_command(args)
    except KeyboardInterrupt:
        if sys.stderr is not None:
            print("interrupted", file=sys.stderr)  # noqa: T201 - the user's one line
        return 130
