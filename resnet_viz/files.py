"""Write files atomically: whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os

from resnet_viz.errors import Message, RequestError, ResNetVizError, show

__all__ = ["write_whole"]

_WRONG = (
    *(errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EROFS),
    *(errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP),
)
"""The errors that mean a wrong path in the request; all others are failures of the machine."""


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file atomically: write a temporary file beside it, then rename that.

    An interrupted or failed write leaves an existing file unchanged. A link is followed, and a path
    that is no regular file (`/dev/stdout`, a pipe) is written to directly.

    Raises:
        RequestError: the folder does not exist or cannot be written to, or the path is a folder.
        ResNetVizError: the write failed, for example because the disk is full.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise RequestError("file: {path} (must be a path)", path=show(path))
    name = os.fspath(path)
    if os.path.isdir(name):
        raise RequestError("cannot write {name!r}: it is a folder (must be a file)", name=name)
    try:
        if os.path.exists(name) and not os.path.isfile(name):
            with open(name, "wb") as file:
                file.write(data)
        else:
            _replace(os.path.realpath(name), data)
    except OSError as error:
        folder = os.path.dirname(name)
        reason: object = (error.strerror or type(error).__name__).lower()
        if isinstance(error, FileNotFoundError) and folder and not os.path.isdir(folder):
            reason = Message("the folder {folder!r} does not exist", folder=folder)
        kind = RequestError if error.errno in _WRONG else ResNetVizError
        raise kind("cannot write {name!r}: {reason}", name=name, reason=reason) from None
    except ValueError as error:  # a NUL character in the name
        raise RequestError("cannot write {name!r}: {error}", name=name, error=error) from None


def _replace(path: str, data: bytes) -> None:
    if os.path.islink(path):  # a link to itself
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else None
    if mode is not None and not os.access(path, os.W_OK):
        raise PermissionError(13, "permission denied")
    unique = f".resnet-viz.{os.getpid()}.{os.urandom(4).hex()}.tmp"
    temporary = os.path.join(os.path.dirname(path), unique)
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
