"""A command from start to exit code, whatever happens to it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAR = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""What a program in the background does not do by itself: shells let it ignore interrupts."""

RUN = [sys.executable, "-c", f"{HEAR}; from resnet_viz.cli import main; main()"]


def ran(*args: str, **options) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([*RUN, *args], capture_output=True, text=True, env=env, **options)


def test_a_command_works_in_a_working_directory_that_is_gone(tmp_path) -> None:
    gone = tmp_path / "gone"
    code = (
        f"import os; os.makedirs({str(gone)!r}); os.chdir({str(gone)!r}); os.rmdir({str(gone)!r});"
        "from resnet_viz.cli import main; main(['report', 'resnet18'])"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)

    assert done.returncode == 0, done.stderr
    assert "11,689,512 parameters" in done.stdout


def test_an_interrupt_while_a_command_loads_is_one_line() -> None:
    code = (
        f"{HEAR}\nimport sys, resnet_viz.cli\n"
        "class Press:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'resnet_viz.cli.running': signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Press())\n"
        "resnet_viz.cli.main(['report', 'resnet18'])"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)

    assert (done.returncode, done.stderr, done.stdout) == (130, "interrupted\n", "")


def test_an_interrupt_while_a_command_works_is_one_line(tmp_path) -> None:
    code = "import time; print('ready', flush=True); time.sleep(60)"
    (tmp_path / "slow.py").write_text(f"def make():\n    {code}\n")
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    process = subprocess.Popen(
        [*RUN, "report", "slow:make", "--input", "1x3"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (130, "interrupted\n")


def test_a_spec_file_may_have_a_colon_in_its_name(tmp_path) -> None:
    name = "a:b.yaml"
    (tmp_path / name).write_text("stages: [{blocks: 1, channels: 8}]")
    done = ran("report", name, cwd=tmp_path)

    assert done.returncode == 0, done.stderr


def test_a_link_that_leads_to_itself_is_left_as_it_is(tmp_path) -> None:
    one, other = tmp_path / "one.svg", tmp_path / "other.svg"
    one.symlink_to(other)
    other.symlink_to(one)
    done = ran("draw", "resnet18", "-o", str(one))

    assert done.returncode == 2
    assert done.stderr.endswith("too many levels of symbolic links\n")
    assert one.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.svg", "other.svg"]


@pytest.mark.parametrize(
    ("theme", "message"),
    [
        ("a\x00b.toml", "embedded null"),
        ("\udcff.toml", "cannot be read"),
        ("\udcff", "unknown theme"),
    ],
)
def test_a_themes_name_may_be_any_text(theme: str, message: str) -> None:
    from resnet_viz import RequestError, draw

    with pytest.raises(RequestError, match=message):
        draw("resnet18", theme=theme)


def test_a_theme_file_with_a_key_of_thousands_of_dots_is_refused_at_once(tmp_path) -> None:
    file = tmp_path / "deep.toml"
    file.write_text(".".join(["a"] * 30_000) + " = 1")
    done = ran("draw", "resnet18", "--theme", str(file), timeout=60)

    assert done.returncode == 2
    assert "a line is longer than 1000 characters" in done.stderr
