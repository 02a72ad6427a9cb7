import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from resnet_viz import report
from resnet_viz.cli import main
from resnet_viz.zoo import entries


def run(capsys, *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit:
        main(list(args))
    captured = capsys.readouterr()
    return exit.value.code or 0, captured.out, captured.err


def test_draw_writes_the_file_that_the_function_draws(capsys, tmp_path) -> None:
    from resnet_viz import draw

    path = tmp_path / "a.svg"

    assert run(capsys, "draw", "d2l-resnet18", "--lang", "zh", "-o", str(path)) == (0, "", "")
    assert path.read_text(encoding="utf-8") == draw("d2l-resnet18", lang="zh").to_svg()


def test_draw_without_a_file_writes_to_standard_output(capsys) -> None:
    code, out, _ = run(capsys, "draw", "resnet18", "--direction", "right")

    assert code == 0
    assert out.startswith("<svg ")


def test_report_prints_the_contracts_json(capsys) -> None:
    code, out, _ = run(capsys, "report", "resnet50", "--input", "3x224x224", "--format", "json")
    data = json.loads(out)

    assert code == 0
    assert data["network"] == "resnet50"
    assert data["input"] == [3, 224, 224]
    assert data["totals"]["layers"] == 50
    assert data["totals"]["params"] == 25_557_032
    assert data["totals"]["macs"] == 4_089_184_256
    assert data["totals"]["activations"] == 11_114_984
    row = next(row for row in data["rows"] if row["path"] == "layer1.0")
    assert (row["kind"], row["output"]) == ("bottleneck", [256, 56, 56])
    for total in ("params", "macs", "activations"):
        assert sum(row[total] for row in data["rows"]) == data["totals"][total]


def test_report_shows_the_derivation_on_request(capsys) -> None:
    for format in ("text", "md", "latex"):
        _, out, _ = run(capsys, "report", "resnet50", "--derive", "--format", format)
        assert "53 convolutions − 4 projections + 1 fully connected = 50 layers" in out
    _, out, _ = run(capsys, "report", "resnet50", "--derive", "--format", "json")
    assert json.loads(out)["derivation"].endswith("= 50 layers")


def test_a_csv_report_is_read_back_by_the_csv_module() -> None:
    import csv
    import io

    text = report("resnet34").to("csv")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert sum(int(row["macs"]) for row in rows) == 3_663_761_408
    assert rows[1]["path"] == "layer1.0"
    assert rows[1]["output"] == "64x56x56"


def test_a_latex_report_escapes_what_latex_reads() -> None:
    from resnet_viz import ResNetSpec, Stage

    spec = ResNetSpec(stages=(Stage(3, 8),), name="50%_&{}")
    text = report(spec, depth="op").to("latex")

    assert r"adaptive\_avg\_pool2d" in text
    assert text.count(r"\\") == 2 + len(report(spec, depth="op").rows)
    assert text.startswith("% 50%_&{}, input")  # a comment


def test_text_columns_line_up() -> None:
    lines = report("resnet152").to("text").splitlines()
    rows = lines[2:-2]

    assert len({len(line) for line in rows}) == 1
    assert rows[-1].startswith("total")


@pytest.mark.parametrize("format", ["text", "md", "csv", "json", "latex", "html"])
def test_compare_prints_what_the_function_returns(capsys, format: str) -> None:
    from resnet_viz import compare

    args = ("resnet18", "resnet34", "--input", "3x64x64", "--depth", "stage", "--format", format)
    code, out, err = run(capsys, "compare", *args)

    assert (code, err) == (0, "")
    assert out == compare("resnet18", "resnet34", (3, 64, 64), depth="stage").to(format)


def test_draw_marks_several_paths(capsys) -> None:
    from resnet_viz import draw

    code, out, _ = run(capsys, "draw", "resnet50", "--depth", "block", "--highlight", "stem,layer4")

    assert code == 0
    assert out == draw("resnet50", depth="block", highlight=["stem", "layer4"]).to_svg()


def test_shapes_traces_what_the_notes_print(capsys) -> None:
    _, out, _ = run(capsys, "shapes", "d2l-resnet18", "--input", "1x224x224")

    shapes = [re.split(r"\s{2,}", line)[2] for line in out.splitlines()[3:]]
    assert shapes == [
        "64×56×56",
        "64×56×56",
        "128×28×28",
        "256×14×14",
        "512×7×7",
        "512×1×1",
        "512",
        "10",
    ]


def test_zoo_lists_every_entry_with_its_source(capsys) -> None:
    _, out, _ = run(capsys, "zoo")

    for name, entry in entries().items():
        assert re.search(rf"^{name} +{re.escape(entry.source)}$", out, re.MULTILINE)


@pytest.mark.parametrize("format", ["yaml", "toml", "json"])
def test_a_printed_spec_is_a_spec_file(capsys, tmp_path, format: str) -> None:
    _, out, _ = run(capsys, "spec", "resnext50_32x4d", "--format", format)
    path = tmp_path / f"mine.{format}"
    path.write_text(out, encoding="utf-8")

    _, mine, _ = run(capsys, "report", str(path))
    _, named, _ = run(capsys, "report", "resnext50_32x4d")
    assert mine == named


def test_help_and_version(capsys) -> None:
    from importlib.metadata import version

    assert run(capsys, "--version")[1].strip() == version("resnet-viz")
    assert "commands:" in run(capsys)[1]
    for command in ("draw", "report", "compare", "explain", "shapes", "zoo", "spec"):
        assert run(capsys, command, "--help")[0] == 0


WRONG = [
    (["draw", "resnet51"], "unknown network: 'resnet51' ("),
    (["draw", "resnet18", "--theme", "d2ll"], "unknown theme: 'd2ll' (must be one of ["),
    (["draw", "resnet18", "--figure", "x"], "unknown figure: 'x' (must be one of ["),
    (["draw", "resnet18", "--lang", "de"], "unknown language: 'de' (must be one of ["),
    (["draw", "resnet18", "-o", "a.bmp"], "unknown suffix of a drawing: 'a.bmp' (must be one of"),
    (["draw", "resnet18", "-o", "no/where/a.svg"], "cannot write 'no/where/a.svg': the folder"),
    (["report", "resnet18", "--format", "xml"], "unknown format: 'xml' (must be one of ["),
    (["report", "resnet18", "--depth", "leaf"], "unknown depth: 'leaf' (must be one of ["),
    (["report", "resnet18", "--input", "3x224"], "input: (3, 224) (must be channels x height"),
    (["report", "resnet18", "--input", "3xax2"], "input: '3xax2' (must be sizes with x"),
    (["report", "resnet18", "--input", ""], "input: '' (must be sizes with x"),
    (["report", "resnet18", "--input", "1x224x224"], "input: 1×224×224 has 1 channels"),
    (["report", "resnet18", "--input", "3x-1x2"], "input: '3x-1x2' (must be sizes with x"),
    (["report", "resnet18", "--input", "3x999999999x2"], "input: height: 999999999 (must be"),
    (["report", "none.yaml"], "none.yaml: cannot be read (no such file"),
    (["report", "a.pt"], "a.pt: no such file"),
    (["report", "resnet18", "--format", "csv", "--derive"], "csv holds rows only"),
    (["compare", "resnet18"], "the following arguments are required: AFTER"),
    (["compare", "resnet18", "resnet51"], "unknown network: 'resnet51' ("),
    (["compare", "resnet18", "resnet34", "--format", "svg"], "unknown format: 'svg' (must be one"),
    (["compare", "resnet18", "resnet34", "--depth", "leaf"], "unknown depth: 'leaf' (must be one"),
    (["compare", "resnet18", "d2l-resnet18", "--input", "3x9x9"], "input: 3×9×9 has 3 channels (d"),
    (["draw", "resnet18", "--highlight", "stem,layr1"], "unknown scope: 'layr1' (must be one of "),
    (["spec", "resnet18", "--format", "xml"], "unknown spec format: 'xml'"),
    (["report"], "the following arguments are required: NETWORK"),
    (["report", "resnet18", "--dept", "op"], "unrecognized arguments: --dept op"),
    (["reprot", "resnet18"], "argument COMMAND: invalid choice: 'reprot'"),
]


@pytest.mark.parametrize(("args", "message"), WRONG, ids=lambda value: " ".join(value)[:40])
def test_a_wrong_request_is_one_line_and_exit_code_2(capsys, args, message) -> None:
    code, out, err = run(capsys, *args)

    assert code == 2
    assert out == ""
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_a_failed_export_leaves_the_old_file(capsys, tmp_path, monkeypatch) -> None:
    path = tmp_path / "a.svg"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    code, _, err = run(capsys, "draw", "resnet18", "-o", str(path))

    assert code == 1
    assert "no space left on device" in err
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.svg"]


def test_a_folder_a_read_only_file_and_a_link(capsys, tmp_path) -> None:
    folder = tmp_path / "folder.svg"
    folder.mkdir()
    assert "it is a folder" in run(capsys, "draw", "resnet18", "-o", str(folder))[2]

    target, link = tmp_path / "target.svg", tmp_path / "link.svg"
    target.write_text("old")
    link.symlink_to(target)
    assert run(capsys, "draw", "resnet18", "-o", str(link))[0] == 0
    assert link.is_symlink()
    assert target.read_text().startswith("<svg")

    if os.geteuid() != 0:
        target.chmod(0o444)
        assert "permission denied" in run(capsys, "draw", "resnet18", "-o", str(target))[2]


def test_an_unexpected_failure_is_one_line_and_exit_code_1(capsys, monkeypatch) -> None:
    import resnet_viz.zoo

    monkeypatch.setattr(resnet_viz.zoo, "families", lambda: 1 / 0)
    code, _, err = run(capsys, "zoo")

    assert code == 1
    assert err.startswith("internal error: ZeroDivisionError")


def test_a_closed_pipe_is_no_traceback() -> None:
    command = f"{sys.executable} -m resnet_viz report resnet152 --depth op | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)

    assert done.stdout.startswith("resnet152")
    assert done.stderr == ""


def test_output_is_utf_8_in_any_locale() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "resnet_viz", "report", "resnet18"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )

    assert "64×56×56" in done.stdout.decode()


HEAVY = ("torch", "numpy", "pandas", "streamlit", "graphviz", "fvcore", "torchinfo", "matplotlib")


@pytest.mark.parametrize(
    "code",
    [
        "import resnet_viz",
        "import resnet_viz; dir(resnet_viz); resnet_viz.report('resnet50').to('json')",
        "import resnet_viz; resnet_viz.draw('resnet50').to_svg()",
        "from resnet_viz.cli import run; run(['shapes', 'resnet18'])",
        "from resnet_viz.cli import run; run(['spec', 'resnet18'])",
        "from resnet_viz.cli import run; run(['compare', 'resnet18', 'resnet34'])",
    ],
)
def test_the_light_part_imports_nothing_heavy(code: str) -> None:
    check = f"{code}\nimport sys\nprint([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_counting_and_drawing_need_only_the_standard_library() -> None:
    code = (
        "import sys, resnet_viz\n"
        "resnet_viz.report('resnet50').to('text'); resnet_viz.draw('resnet50').to_svg()\n"
        "own = {'resnet_viz', '__main__'}\n"
        "print({n.split('.')[0] for n in sys.modules} - set(sys.stdlib_module_names) - own)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    # what `site` loads for the environment's own .pth files is not ours
    known = {"_distutils_hack", "sitecustomize", "usercustomize", "_virtualenv"}

    assert {n for n in eval(done.stdout) if not n.startswith("__editable__")} <= known


def test_public_names_are_listed_and_load() -> None:
    import resnet_viz

    assert set(resnet_viz.__all__) == set(resnet_viz._HOMES)
    for name in resnet_viz.__all__:
        assert getattr(resnet_viz, name) is not None
        assert name in dir(resnet_viz)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        resnet_viz.nothing


def test_every_module_opens_with_one_line_that_says_what_it_is() -> None:
    import ast

    for path in Path("resnet_viz").rglob("*.py"):
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert doc, path
        assert len(doc.splitlines()[0]) < 100, path


def test_a_measured_lesson_takes_no_settings(capsys) -> None:
    said = "seeds: not with --measured, which trains nothing\n"

    assert run(capsys, "lesson", "--measured", "--seeds", "3") == (2, "", said)


def test_a_whole_number_is_repeated_as_it_was_typed(capsys) -> None:
    said = "seeds: -1 (must be an integer from 1 to 100)\n"

    assert run(capsys, "lesson", "--seeds", "-1") == (2, "", said)
