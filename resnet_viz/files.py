"""Bytes to files: whole or not at all."""

from __future__ import annotations

import contextlib
import os

from resnet_viz.errors import RequestError

__all__ = ["write_whole"]


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file by way of a temporary one beside it, which then takes its name.

    An interrupted or failed write leaves what stood there before as it was. A link is followed, and
    what is no regular file (`/dev/stdout`, a pipe) is written to directly.

    Raises:
        RequestError: the folder does not exist or cannot be written to, or the path is a folder.
    """
    name = os.fspath(path)
    if os.path.isdir(name):
        raise RequestError(f"cannot write {name!r}: it is a folder (must be a file)")
    try:
        if os.path.exists(name) and not os.path.isfile(name):
            with open(name, "wb") as file:
                file.write(data)
        else:
            _replace(os.path.realpath(name), data)
    except FileNotFoundError:
        folder = os.path.dirname(name)
        raise RequestError(f"cannot write {name!r}: the folder {folder!r} does not exist") from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise RequestError(f"cannot write {name!r}: {reason}") from None
    except ValueError as error:  # a NUL character in the name
        raise RequestError(f"cannot write {name!r}: {error}") from None


def _replace(path: str, data: bytes) -> None:
    mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else None
    if mode is not None and not os.access(path, os.W_OK):
        raise PermissionError(13, "permission denied")
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name[:60]}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
        if mode is not None:
            os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
