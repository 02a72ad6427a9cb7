"""Run a command and return its exit code; an error is one line on standard error."""

from __future__ import annotations

import contextlib
import os
import sys

from resnet_viz.cli.checkpoints import settle
from resnet_viz.cli.parser import parser
from resnet_viz.errors import RequestError, ResNetVizError

__all__ = ["run_command"]


def run_command(args: list[str]) -> int:
    """Run one command and return its exit code.

    Raises:
        KeyboardInterrupt: the user stopped it.
    """
    before = list(sys.path)
    try:
        with contextlib.suppress(FileNotFoundError):  # a working directory that was deleted
            sys.path.append(os.getcwd())  # package.module:callable may be a file in this folder
        options = vars(parser().parse_args(args))
        code: int | None = options.pop("run_command")(**settle(options))
        if sys.stdout is not None:
            sys.stdout.flush()
    except RequestError as error:
        return _fail(error, 2)
    except BrokenPipeError:  # the reader of the pipe has closed it
        _drop_output()
        return 1
    except OSError as error:
        _drop_output()
        reason = (error.strerror or type(error).__name__).lower()
        return _fail(f"cannot write to standard output: {reason}", 1)
    except ResNetVizError as error:
        return _fail(error, 1)
    except Exception as error:
        if os.environ.get("RESNET_VIZ_DEBUG"):
            raise
        kind = type(error).__name__
        return _fail(f"internal error: {kind}: {error} (RESNET_VIZ_DEBUG=1 shows where)", 1)
    finally:
        sys.path[:] = before
    return code or 0


def _drop_output() -> None:
    """Redirect standard output to the null device, so that Python's final flush cannot fail."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(problem: object, code: int) -> int:
    """Print a problem on one line of standard error, and return the exit code."""
    if sys.stderr is not None:
        print(" ".join(str(problem).split()), file=sys.stderr)  # noqa: T201 - the user's one line
    return code
