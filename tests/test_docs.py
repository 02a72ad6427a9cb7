"""Test that the code in README and docs runs, and that their statements are true."""

import ast
import math
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import resnet_viz
from resnet_viz import draw
from resnet_viz.answers.measure import THIS_MACHINE
from resnet_viz.cli import run
from resnet_viz.cli.parser import parser
from resnet_viz.devices import devices

ROOT = Path(__file__).parent.parent
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *(
        page
        for page in sorted((ROOT / "docs").rglob("*.md"))
        if not {"gallery", "node_modules"}.intersection(
            page.parts
        )  # the gallery has a test of its own
    ),
]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_python_examples_run(page: Path, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code in blocks(page, "python"):
        exec(compile(code, page.name, "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_run(page: Path, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    for code in blocks(page, "sh"):
        for line in code.splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0].endswith("resnet-viz") and ends_soon(words):
                assert run(words[1:]) == 0, line


def ends_soon(words: list[str]) -> bool:
    """Return whether a command ends soon: the app does not stop, a lesson trains for minutes."""
    return words[1] != "app" and (words[1] != "lesson" or "--measured" in words)


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_readmes_spec_files_are_such(page: str, tmp_path) -> None:
    from resnet_viz import load, report

    layers = []
    for text in blocks(ROOT / page, "yaml"):
        (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
        layers.append(report(load(tmp_path / "mine.yaml")).totals["layers"])

    assert layers == [1 + 3 * 6 + 1, 3 + 3 * 16 + 1]


def test_the_readme_shows_the_report_as_it_is(capsys) -> None:
    (shown,) = blocks(ROOT / "README.md", "text")
    run(["report", "d2l-resnet18", "--input", "1x96x96", "--derive"])

    assert capsys.readouterr().out == shown


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)|<img src=\"([^\"]+)\"", text)

    for link in (a or b for a, b in links):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("README.md", "lists {} networks"),
        ("README.zh-CN.md", "列出 {} 个网络"),
        ("changes/zoo.added.md", "A zoo of {} networks"),
    ],
)
def test_the_number_of_networks_is_true(page: str, words: str) -> None:
    from resnet_viz.zoo import names

    assert words.format(len(names())) in (ROOT / page).read_text(encoding="utf-8")


def test_every_spec_key_is_documented() -> None:
    from dataclasses import fields

    from resnet_viz import Head, ResNetSpec, Stage, Stem

    text = (ROOT / "docs" / "spec.md").read_text(encoding="utf-8")
    for kind in (ResNetSpec, Stem, Stage, Head):
        for field in fields(kind):
            assert f"| `{field.name}` |" in text


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="argparse words help otherwise from 3.12 on"
)
def test_the_help_texts_are_those_of_the_program(request) -> None:
    code = "from resnet_viz.cli import run; import sys; run(sys.argv[1:])"
    pages = ["# The command line", ""]
    for command in ("", *parser()._subparsers._group_actions[0].choices):
        args = [command, "--help"] if command else ["--help"]
        done = subprocess.run(
            [sys.executable, "-c", code, *args],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "COLUMNS": "100"},
        )
        title = f"resnet-viz {command}".strip()
        pages += [f"## `{title}`", "", "```text", done.stdout.strip(), "```", ""]
    pages += [
        "Exit codes: 0 done; 1 the work failed; 2 the request was wrong, and one line on",
        "standard error names the thing, its value and what is legal. Files are written whole or",
        "not at all.",
        "",
    ]
    path = ROOT / "docs" / "cli.md"
    if request.config.getoption("--write-goldens"):
        path.write_text("\n".join(pages), encoding="utf-8")

    assert path.read_text(encoding="utf-8") == "\n".join(pages)


def test_the_devices_are_those_of_the_shipped_table(request) -> None:
    lines = [
        "| full name | of | measurements | median error | 90 % within | rank correlation |",
        "|---|---|---|---|---|---|",
    ]
    for device in devices():
        if device.source == THIS_MACHINE:
            continue
        mode = {"infer": "inference", "train": "training"}[device.mode]
        errors = f"{device.median_error:.1%} | {math.expm1(device.spread):.1%}".replace("%", " %")
        rank = f"{device.rank_correlation:.3f}"
        lines.append(f"| `{device.name}` | {mode} | {device.rows} | {errors} | {rank} |")
    path = ROOT / "docs" / "latency.md"
    begin, end = "<!-- devices -->\n", "\n<!-- end of devices -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    text = "".join((before, begin, "\n".join(lines), end, after))
    if request.config.getoption("--write-goldens"):
        path.write_text(text, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == text


def test_the_citation_names_this_version() -> None:
    from yaml import safe_load

    cited = safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    assert cited["version"] == resnet_viz.__version__


def test_the_walk_of_draw_is_as_the_design_says(tmp_path) -> None:
    page = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    steps = re.findall(r"^\d+\. `([\w.]+):(\w+)`", page, re.MULTILINE)
    calls: list[tuple[str, str]] = []

    def note(frame, event, arg) -> None:
        if event == "call":
            module = frame.f_globals.get("__name__", "").removeprefix("resnet_viz.")
            calls.append((module, frame.f_code.co_name))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        draw("resnet50", depth="block", annotate="macs").save(tmp_path / "f.svg")
    finally:
        sys.setprofile(before)

    assert len(steps) == 11
    assert [step for step in dict.fromkeys(calls) if step in steps] == steps


USES = (
    *("app/", "zoo/", "text/", "spec/kinds/", "view/compose.py", "__init__.py"),
    "answers/to_code.py",
)
"""Where a kind is used, and not made: what the page says of it, the networks that have it."""

KINDS = re.findall(
    r"^\| ([^|]+) \| `([^`]+)` \| (\d+) \| (`.*`) \|$",
    (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def made_in(source: str, example: str) -> bool:
    """Return whether a file has a kind: as a text, a function, or an option's row or use."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value == example:
            return True
        if isinstance(node, ast.FunctionDef) and node.name == example:
            return True
        if isinstance(node, ast.AnnAssign) and ast.unparse(node).startswith(f"{example}: "):
            return True
        if isinstance(node, ast.Attribute) and ast.unparse(node) == f"options.{example}":
            return True
    return False


@pytest.mark.parametrize(("what", "example", "count", "files"), KINDS)
def test_a_kind_touches_the_files_that_are_counted(what, example, count, files) -> None:
    package = ROOT / "resnet_viz"
    listed = re.findall(r"`([^`]+)`", files)
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if made_in(path.read_text(encoding="utf-8"), example)
    }

    assert len(listed) == int(count)
    for name in listed:
        assert name in found or Path(name).stem == example.strip("."), f"{what}: not in {name}"
    assert {name for name in found.difference(listed) if not name.startswith(USES)} == set()


def test_the_kinds_that_are_counted_are_there() -> None:
    assert len(KINDS) >= 10


def test_the_notes_of_the_next_release_can_be_gathered(tmp_path) -> None:
    command = ["build", "--draft", "--version", "9.9.9", "--date", "2000-01-01"]
    done = subprocess.run(
        [sys.executable, "-m", "towncrier", *command], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    for fragment in (ROOT / "changes").glob("*.*.md"):
        first = fragment.read_text(encoding="utf-8").split()[:3]
        assert " ".join(first) in " ".join(done.stdout.split()), fragment
