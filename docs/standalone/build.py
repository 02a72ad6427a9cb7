"""A wheel of the package and Pyodide's files to one HTML page: `make standalone`.

python docs/standalone/build.py WHEEL PAGE
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
PYODIDE = HERE / "node_modules" / "pyodide"


def page(wheel: bytes) -> str:
    """Return the page; equal wheels give equal pages."""
    data = {
        "wasm": (PYODIDE / "pyodide.asm.wasm").read_bytes(),
        "loader": (PYODIDE / "pyodide.asm.mjs").read_bytes(),
        "lock": json.dumps({**_lock(), "packages": {}}).encode(),  # all that is needed is here
        "library": (PYODIDE / "python_stdlib.zip").read_bytes(),
        "wheel": wheel,
        "bridge": (HERE / "bridge.py").read_bytes(),
    }
    blocks = "\n".join(
        f'<script type="text/plain" id="{name}">{_packed(content)}</script>'
        for name, content in data.items()
    )
    parts = {
        "/*CSS*/": _text("page.css"),
        "<!--DATA-->": blocks,
        "/*PYODIDE*/": (PYODIDE / "pyodide.js").read_text(encoding="utf-8"),
        "/*PAGE*/": _text("page.js"),
    }
    made = _text("page.html")
    for place, text in parts.items():
        before, after = made.split(place)
        made = before + text + after
    return made


def _lock() -> dict[str, object]:
    lock: dict[str, object] = json.loads((PYODIDE / "pyodide-lock.json").read_bytes())
    return lock


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()


def main(wheel: str, target: str) -> None:
    """Write the page of a wheel."""
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    Path(target).write_text(page(Path(wheel).read_bytes()), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
