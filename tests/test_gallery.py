"""Test that every command in the gallery writes the figure beside it, byte for byte."""

import re
import shlex
from pathlib import Path

import pytest

from resnet_viz.cli import run

GALLERY = Path(__file__).parent.parent / "docs" / "gallery"
PAGE = (GALLERY / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```sh\nresnet-viz (.+) (-o|>) (\S+\.svg)\n```\n\n!\[[^]]+\]\((\S+)\)", PAGE)


def test_every_command_and_figure_of_the_page_is_found() -> None:
    assert len(COMMANDS) == PAGE.count("```sh") == PAGE.count("![")
    assert all(made == shown for _, _, made, shown in COMMANDS)
    assert {made for _, _, made, _ in COMMANDS} == {path.name for path in GALLERY.glob("*.svg")}


@pytest.mark.filterwarnings("ignore")  # torchvision's of its own defaults
@pytest.mark.parametrize(("command", "how", "name", "_"), COMMANDS, ids=lambda value: str(value))
def test_the_command_makes_the_figure(
    command, how, name, _, tmp_path, monkeypatch, capfdbinary, request
) -> None:
    monkeypatch.chdir(GALLERY)
    if how == "-o":
        code = run([*shlex.split(command), "-o", str(tmp_path / name)])
        made = (tmp_path / name).read_bytes()
    else:
        code = run(shlex.split(command))
        made = capfdbinary.readouterr().out
    if request.config.getoption("--write-goldens"):
        (GALLERY / name).write_bytes(made)

    assert code == 0
    assert made == (GALLERY / name).read_bytes()


def test_the_page_has_the_numbers_of_the_books_anynet(capsys) -> None:
    (shown,) = re.findall(r"```text\n(.+?)```", PAGE, re.DOTALL)
    run(["report", "d2l-regnetx32"])

    assert shown in capsys.readouterr().out
