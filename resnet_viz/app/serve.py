"""Serve the app on this machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from resnet_viz.errors import RequestError, show

__all__ = ["script", "serve"]


def serve(port: object, address: str) -> None:
    """Serve the app until it is interrupted.

    Args:
        port: the port, from 1 to 65535.
        address: the address to listen on; `localhost` serves this machine only.

    Raises:
        RequestError: the port or address is not legal, or Streamlit is not installed.
    """
    if not isinstance(port, float | int) or not 1 <= port <= 65535 or port != int(port):
        raise RequestError("port: {port} (must be from 1 to 65535)", port=show(port))
    if find_spec("streamlit") is None:
        raise RequestError(
            "streamlit is not installed (the app needs it: pip install 'resnet-viz[app]')"
        )
    from streamlit.web import cli

    try:
        cli.main(
            ["run", str(script()), "--server.port", str(int(port)), "--server.address", address],
            prog_name="resnet-viz app",
        )
    except OSError as error:
        raise RequestError(
            "address: {address} (cannot be served: {reason})",
            address=show(address),
            reason=(error.strerror or "").lower(),
        ) from None


def script() -> Path:
    """Return the path of the page's script, here in a wheel, or at the top of a checkout."""
    here = Path(__file__).parent
    return next(path for path in (here / "script.py", here.parents[1] / "app.py") if path.exists())
