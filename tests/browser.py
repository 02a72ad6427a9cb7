"""Serve apps for tests, and open their pages in a real browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import lacking

TESTS = Path(__file__).parent

SERVE = """
import sys

def notice(event, args):
    if event not in ("socket.connect", "socket.getaddrinfo"):
        return
    host = args[0] if event == "socket.getaddrinfo" else args[1][0]
    if isinstance(host, bytes):
        host = host.decode()
    if host not in (None, "", "localhost", "127.0.0.1", "::1"):
        print("reaches for", host, file=sys.stderr, flush=True)

sys.addaudithook(notice)
from streamlit.web.cli import main
main()
"""
"""Runs Streamlit and notes in its log each host but this one that it asks for."""


class Server(NamedTuple):
    """A running server.

    Attributes:
        address: the address of its page, with a slash at the end.
        log: the path of its output.
    """

    address: str
    log: Path

    def reached(self) -> list[str]:
        """Return the lines of the output on requests to other hosts."""
        return [line for line in self.log.read_text().splitlines() if "reaches for" in line]


@contextmanager
def served(script: Path, folder: Path, *options: str) -> Iterator[Server]:
    """Serve an app as `streamlit run` does, from the script's folder; `folder` is for the log."""
    if find_spec("streamlit") is None:
        lacking("streamlit", "pip install 'resnet-viz[app]'")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    paths = os.pathsep.join(map(str, [TESTS.parent, TESTS]))
    server = Server(f"http://localhost:{port}/", folder / "log")
    with server.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "run", str(script), f"--server.port={port}", *options],
            cwd=script.parent,
            env={
                **own,
                "HOME": str(folder),
                "PYTHONPATH": paths,
                "STREAMLIT_SERVER_HEADLESS": "true",
            },
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(process, f"{server.address}_stcore/health", server.log)
            yield server
        finally:
            process.terminate()
            process.wait()


def wait_for(server: subprocess.Popen, url: str, log: Path) -> None:
    """Wait until a server answers; fail with its log if it ends."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
    pytest.fail(f"no answer in a minute: {log.read_text()}")


CUT = ("WebSocket onclose", "when disconnected")
"""What Streamlit's page writes to the console when its connection is cut."""


@contextmanager
def visits(browser, address: str) -> Iterator:
    """Yield a function that opens a page in its own browser context.

    A page must not log errors, and may only request addresses that begin with the given one. A
    `line` gets the page's connection and must connect it to the server.
    """
    wrong, contexts = [], []
    memory = (
        "blob:null/",
        f"blob:{address}",
        "data:",
    )  # what a page made itself; a file has no host
    local = (address, address.replace("http", "ws", 1), *memory)

    def hear(url: str) -> None:
        if not url.startswith(local):
            wrong.append(url)

    def noted(text: str, line: object) -> None:
        if line is None or not any(words in text for words in CUT):
            wrong.append(text)

    def visit(url: str = address, line=None, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: noted(message.text, line))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("request", lambda asked: hear(asked.url))
        page.on("websocket", lambda opened: hear(opened.url))
        if line is not None:
            page.route_web_socket(lambda _: True, line.opened)
        page.goto(url)
        return page

    try:
        yield visit
    finally:
        for context in contexts:
            context.close()
    assert wrong == [], wrong
