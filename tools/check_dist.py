"""Build the distributions and test them as installed by a user: `make dist`.

Builds and checks the sdist and the wheel; installs the wheel alone, with each single extra, with
the minimal versions that it allows, and with every Python found; runs the features of each; and
writes the wheel's software bill of materials beside it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
PYTHONS = ("3.11", "3.12", "3.13")
"""The versions in the classifiers of pyproject.toml."""

LIGHT = (
    "report resnet50 --depth stage",
    "report d2l-resnet18 --format json",
    "compare resnet50-v1 resnet50",
    "table resnet18 resnet34 --format latex",
    "shapes resnet18",
    "spec resnet18 --format toml",
    "draw resnet18 -o out.svg",
    "draw resnet18 -o out.html",
    "draw resnet18 -o out.tex",
    "lesson --measured",
)
"""Commands that work with the wheel alone."""

EXTRAS = {
    "figures": ("draw resnet18 -o out.png", "draw resnet18 -o out.pdf"),
    "dot": ("draw resnet18 --depth block --layout dot -o out.svg",),
    "office": ("draw resnet18 -o out.pptx",),
    "torch": ("report torch.nn:Identity --input 1x3",),
    "lesson": ("lesson --depths 8 --epochs 1",),
    "referees": ("explain resnet18 --run",),
    "app": ("app --port 8599",),
}
"""Commands that need each extra; without it, they print a line that names it and exit with 2."""

console = Console(stderr=True)


def run(*command: object, code: int = 0, **options: object) -> str:
    """Run a command and return what it printed.

    Raises:
        SystemExit: the command ended with another exit code.
    """
    words = list(map(str, command))
    done = subprocess.run(words, capture_output=True, text=True, **options)  # type: ignore[call-overload]
    if done.returncode != code:
        sys.exit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    printed: str = done.stdout + done.stderr
    return printed


class Environment:
    """A fresh virtual environment with the wheel in it."""

    def __init__(self, folder: Path, wheel: Path, extra: str, python: str, *options: str) -> None:
        self.folder, self.python = folder, folder / "bin" / "python"
        run("uv", "venv", "--quiet", "--python", python, folder)
        target = f"resnet-viz[{extra}] @ {wheel.as_uri()}" if extra else str(wheel)
        constraints = () if options else ("--constraint", ROOT / "constraints.txt")
        run(
            *("uv", "pip", "install", "--quiet", "--python", self.python),
            *(*constraints, *options, target),
        )

    def call(self, line: str, code: int = 0) -> str:
        """Run a resnet-viz command line in the environment's folder, without other programs."""
        program = self.folder / "bin" / "resnet-viz"
        return run(program, *line.split(), code=code, cwd=self.folder, env={"PATH": ""})


def check(wheel: Path, folder: Path) -> None:
    """Install the wheel in every way, and run the features of each."""
    here = sys.executable
    with console.status("the wheel alone"):
        alone = Environment(folder / "alone", wheel, "", here)
        for line in LIGHT:
            alone.call(line)
        for extra, lines in EXTRAS.items():
            for line in lines:
                printed = alone.call(line, code=2)
                if printed.count("\n") != 1 or "pip install" not in printed:
                    sys.exit(f"resnet-viz {line}, without [{extra}]: {printed}")
    run("cyclonedx-py", "environment", "-o", DIST / f"{wheel.stem}.cdx.json", alone.python)
    for extra, lines in EXTRAS.items():
        with console.status(f"[bold]{extra}[/bold] by itself"):
            made = Environment(folder / extra, wheel, extra, here)
            for line in lines if extra != "app" else ():  # the app would not stop
                made.call(line)
            if extra == "app":
                run(made.python, "-c", "import streamlit, pyarrow, resnet_viz.app.serve")
    with console.status("the least versions"):
        least = Environment(
            folder / "least", wheel, "dot,figures", here, "--resolution", "lowest-direct"
        )
        for line in (*LIGHT, *EXTRAS["figures"], *EXTRAS["dot"]):
            least.call(line)
    for python in filter(_found, PYTHONS):
        with console.status(f"Python {python}"):
            other = Environment(folder / python, wheel, "", python)
            for line in LIGHT:
                other.call(line)
        console.print(f"Python {python}: as it should be")


def _found(python: str) -> bool:
    done = subprocess.run(["uv", "python", "find", python], capture_output=True, check=False)
    return done.returncode == 0


def main() -> None:
    """Build, check and test."""
    shutil.rmtree(DIST, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", DIST, ROOT)
    files: Sequence[Path] = sorted(DIST.iterdir())
    run(sys.executable, "-m", "twine", "check", "--strict", *files)
    (wheel,) = DIST.glob("*.whl")
    run("check-wheel-contents", wheel)
    with tempfile.TemporaryDirectory() as folder:
        check(wheel, Path(folder))
    for file in sorted(DIST.iterdir()):
        console.print(f"{file.relative_to(ROOT)}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
