"""Checkpoint files: what is read of them, and what hostile ones are answered."""

import json
import pickle
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from resnet_viz import RequestError, build, identify, report
from resnet_viz.checkpoints import read_shapes
from resnet_viz.zoo import find

TENSORS = {"conv1.weight": torch.zeros(4, 3, 7, 7), "steps": torch.tensor(3)}
SHAPES = {"conv1.weight": (4, 3, 7, 7), "steps": ()}


def test_a_safetensors_file_is_read_as_safetensors_wrote_it(tmp_path: Path) -> None:
    save_file(TENSORS, tmp_path / "a.safetensors", metadata={"format": "pt"})

    assert read_shapes(tmp_path / "a.safetensors") == SHAPES


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("suffix", [".pth", ".pt", ".bin"])
def test_what_torch_saved_is_read(tmp_path: Path, suffix: str, zipped: bool) -> None:
    saved = {"model": TENSORS, "optimizer": {"state": {0: {"step": torch.ones(2)}}}, "epoch": 3}
    torch.save(saved, tmp_path / f"a{suffix}", _use_new_zipfile_serialization=zipped)

    assert read_shapes(tmp_path / f"a{suffix}") == {
        **{f"model.{name}": shape for name, shape in SHAPES.items()},
        "optimizer.state.0.step": (2,),
    }


def test_shards_are_read_through_their_index(tmp_path: Path) -> None:
    for name, tensor in TENSORS.items():
        save_file({name: tensor}, tmp_path / f"{name}.safetensors")
    places = {name: f"{name}.safetensors" for name in TENSORS}
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": places}))

    assert read_shapes(index) == SHAPES
    index.write_text(json.dumps({"weight_map": {"a": "../../etc/a.safetensors"}}))
    with pytest.raises(RequestError, match=r"'../../etc/a.safetensors' .must be a checkpoint besi"):
        read_shapes(index)
    index.write_text(json.dumps({"weight_map": {"a": "none.safetensors"}}))
    with pytest.raises(RequestError, match="none.safetensors: no such file"):
        read_shapes(index)


def test_a_header_is_read_without_torch(tmp_path: Path) -> None:
    save_file(build(find("resnet18")).state_dict(), tmp_path / "a.safetensors")
    code = (
        "import sys, resnet_viz\n"
        "print(resnet_viz.report(sys.argv[1]).totals['params'], 'torch' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a.safetensors"], capture_output=True, text=True
    )

    assert ran.stdout.split() == [f"{report('resnet18').totals['params']}", "False"]


# Hostile files


def header(entries: object, data: int = 0, length: int | None = None) -> bytes:
    text = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    size = len(text) if length is None else length
    return size.to_bytes(8, "little") + text + bytes(data)


def tensor(shape: object, *offsets: int, dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": list(offsets)}


TWICE = b'{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"a":1}'
MILLION = (
    b"{"
    + b",".join(b'"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}' % i for i in range(10**6))
) + b"}"

HOSTILE = {
    "empty": (b"", "not a whole .safetensors file: 0 bytes"),
    "a header that is cut off": (header({}, length=99), "must have 107"),
    "a header of 2^60 bytes": (header({}, length=2**60), "not a whole"),
    "no JSON": (header(b"{'a': 1}"), "header: not JSON"),
    "not UTF-8": (header(b'{"\xff": 1}'), r"header: not UTF-8 \(byte 2\)"),
    "a list": (header([1]), r"header: \[1\] \(must be a JSON object"),
    "deep": (header(b"[" * 100_000), "header: nested too deep"),
    "a key twice": (header(TWICE, 4), "header: key 'a' stands twice"),
    "a million keys": (header(MILLION), "header: .* bytes .must be at most 10000000"),
    "no entry": (header({"a": 1}), "'a': 1 .must have dtype"),
    "an unknown type": (header({"a": tensor([], 0, 4, dtype="X")}, 4), "'a': dtype 'X'"),
    "a size of 2^60": (header({"a": tensor([2**60, 1], 0, 2**62)}), "shape .* below 2.40"),
    "sizes of 2^39": (header({"a": tensor([2**39] * 3, 0, 4)}, 4), "'a': 4 bytes .a F32 of the sh"),
    "a size below 0": (header({"a": tensor([-1], 0, 4)}, 4), r"'a': shape \[-1\]"),
    "a size that is true": (header({"a": tensor([True], 0, 4)}, 4), r"'a': shape \[True\]"),
    "an endless shape": (header({"a": tensor([1] * 9999, 0, 4)}, 4), "a list of 9999"),
    "offsets back to front": (header({"a": tensor([1], 4, 0)}, 4), "data_offsets .4, 0."),
    "a tensor inside another": (
        header({"a": tensor([2], 0, 8), "b": tensor([1], 4, 8)}, 8),
        "'b': begins at byte 4 .must begin at 8, where 'a' ends",
    ),
    "a hole": (
        header({"a": tensor([1], 0, 4), "b": tensor([1], 8, 12)}, 12),
        "'b': begins at byte 8 .must begin at 4",
    ),
    "tensors that are cut off": (
        header({"a": tensor([9], 0, 36)}, 20),
        "need 36 bytes",
    ),
    "no tensors": (header({}), "no tensors by name"),
    "a long number": (header(b'{"a": ' + b"9" * 5000 + b"}"), "header: not JSON"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_header_is_answered_by_one_line_in_bounded_memory(
    name: str, tmp_path: Path
) -> None:
    content, said = HOSTILE[name]
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)

    tracemalloc.start()
    with pytest.raises(RequestError, match=said) as raised:
        read_shapes(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith(f"{path}: ") or name == "no tensors"
    assert peak < 40_000_000


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("code of the file ran",)


def test_code_in_a_checkpoint_is_refused_and_not_run(tmp_path: Path, capsys) -> None:
    torch.save({"a": Evil()}, tmp_path / "a.pth")
    torch.save(torch.nn.Linear(2, 2), tmp_path / "b.pth")
    (tmp_path / "c.pth").write_bytes(pickle.dumps({"a": Evil()}))

    with pytest.raises(RequestError, match="a.pth: holds a .*print, which is code"):
        read_shapes(tmp_path / "a.pth")
    with pytest.raises(RequestError, match="b.pth: holds a torch.nn.modules.linear.Linear"):
        read_shapes(tmp_path / "b.pth")
    with pytest.raises(RequestError, match="c.pth: ") as raised:
        read_shapes(tmp_path / "c.pth")
    assert "\n" not in str(raised.value)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a checkpoint"),
        (b"hello" * 99, "not a checkpoint"),
        (b"PK\x05\x06" + bytes(18), "not a checkpoint"),
    ],
)
def test_what_is_no_checkpoint_is_answered_by_one_line(tmp_path, content: bytes, said: str) -> None:
    (tmp_path / "a.pt").write_bytes(content)

    with pytest.raises(RequestError, match=said) as raised:
        read_shapes(tmp_path / "a.pt")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("source", ["a.onnx", 3, "a.safetensors"])
def test_what_cannot_be_read_is_refused(source: object) -> None:
    with pytest.raises(RequestError, match=r"checkpoint: .* \(must be a state_dict|no such file"):
        read_shapes(source)


def test_names_and_shapes_may_be_given_as_they_are() -> None:
    assert read_shapes({"net": {"w": (2, 3)}, "epoch": 3}) == {"net.w": (2, 3)}
    assert read_shapes(torch.nn.Linear(3, 2)) == {"weight": (2, 3), "bias": (2,)}
    with pytest.raises(RequestError, match=re.escape("no tensors by name")):
        read_shapes({"epoch": 3})


def test_what_holds_no_tensors_is_said_of_its_file(tmp_path: Path) -> None:
    save_file({}, tmp_path / "a.safetensors", metadata={"format": "pt"})

    with pytest.raises(RequestError, match=r"a\.safetensors: no tensors by name"):
        read_shapes(tmp_path / "a.safetensors")


def test_sizes_that_no_network_has_fit_nothing() -> None:
    wide = {"conv1.weight": (2**30, 0, 3, 3), "layer1.0.conv1.weight": (0, 2**30, 1, 1)}

    assert identify(wide).specs == ()
