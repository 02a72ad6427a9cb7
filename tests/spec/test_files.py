import json

import pytest
from hypothesis import given
from strategies import specs

from resnet_viz import RequestError, ResNetSpec, SpecError, load, save
from resnet_viz.spec.files import FORMATS, SUFFIXES, dumps, loads
from resnet_viz.zoo import entries

STAGES = "stages: [{blocks: 2, channels: 64}]"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", entries())
def test_every_zoo_entry_survives_each_format(name: str, format: str) -> None:
    spec = entries()[name].spec

    assert loads(dumps(spec, format), format) == spec


@given(spec=specs())
def test_generated_specs_survive_each_format(spec: ResNetSpec) -> None:
    for format in FORMATS:
        assert loads(dumps(spec, format), format) == spec


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_saved_file_is_loaded_as_it_was(tmp_path, suffix: str) -> None:
    spec = entries()["resnext50_32x4d"].spec
    save(spec, tmp_path / f"spec{suffix}")

    assert load(tmp_path / f"spec{suffix}") == spec


def test_a_yaml_spec_reads_like_a_table_of_stages() -> None:
    text = dumps(entries()["resnet18"].spec, "yaml")

    assert text == (
        "name: resnet18\n"
        "input: [3, 224, 224]\n"
        "stages:\n"
        "- {blocks: 2, channels: 64, stride: 1, block: basic}\n"
        "- {blocks: 2, channels: 128, stride: 2, block: basic}\n"
        "- {blocks: 2, channels: 256, stride: 2, block: basic}\n"
        "- {blocks: 2, channels: 512, stride: 2, block: basic}\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stages:\n- {blocks: 2}", r"^stages\[0\]\.channels: missing"),
        ("name: x", "^stages: missing"),
        ("stages: 3", r"^stages: 3 \(must be a list of stages\)"),
        ("stages: [3]", r"^stages\[0\]: 3 \(must be keys and values\)"),
        (
            "stages: [{blocks: 2, channels: 64}, {blocks: 0, channels: 64}]",
            r"^stages\[1\]\.blocks: 0 ",
        ),
        (
            "stages: [{blokcs: 2, channels: 64}]",
            r"^stages\[0\]\.blokcs: unknown key 'blokcs' \(did you mean 'blocks'\?",
        ),
        (f"{STAGES}\nstemm: {{}}", "^stemm: unknown key 'stemm' .did you mean 'stem'"),
        (f"{STAGES}\nstem: {{kernel: 4}}", r"^stem\.kernel: 4 \(must be odd\)"),
        (f"{STAGES}\nstem: 7", "^stem: 7 .must be keys and values"),
        (f"{STAGES}\nhead: {{classes: true}}", r"^head\.classes: True \(must be an integer"),
        (f"{STAGES}\ninput: 224", r"^input: 224 \(must be a list"),
        ("stages: [{blocks: 2.5, channels: 64}]", r"^stages\[0\]\.blocks: 2\.5 "),
    ],
)
def test_a_wrong_value_is_named_by_its_path(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        loads(text, "yaml")


@pytest.mark.parametrize(
    ("text", "format", "message"),
    [
        ("", "yaml", "^the spec is empty"),
        ("  \n", "json", "^the spec is empty"),
        ("- 1\n- 2", "yaml", "must be keys and values"),
        ("a: [1", "yaml", "^not YAML .*line 1"),
        ("a: 1\na: 2", "yaml", "key 'a' stands twice"),
        ("a: !!python/object/apply:os.system ['true']", "yaml", "^the tag .* is not read"),
        ("a: !!pairs [b: 1]", "yaml", "^the tag .*pairs' is not read"),
        ("a: &b {c: 1}\nd: {<<: *b}", "yaml", "^merge keys .<<. are not read"),
        ("bias: !!int ''", "yaml", "^not YAML"),
        ("bias: !!bool foo", "yaml", "^not YAML"),
        ("# nothing but a comment", "yaml", "^the spec is empty"),
        (".".join(["a"] * 20_000) + "=1", "toml", "^a line is longer than 10000 characters"),
        ("stages: [0x" + "f" * 5000 + "]", "yaml", r"^stages.0.: an integer of 20000 bits"),
        ("name: [0x" + "f" * 5000 + "]\n" + STAGES, "yaml", "^name: a list .must be a text"),
        ("a: \0", "yaml", "NUL character"),
        ("? 0x" + "f" * 5000 + "\n: 1", "yaml", "^an integer of 20000 bits: unknown key"),
        ("stages: [{blocks: " + "9" * 5000 + ", channels: 1}]", "yaml", "^not YAML .*5000 digits"),
        ('{"' + "9" * 5000 + '": 1}', "json", "^spec: unknown key '9+..."),
        ("a = " + "9" * 5000, "toml", "^not TOML .*5000 digits"),
        ('{"a": 1, "a": 2}', "json", "key 'a' stands twice"),
        ('{"stages": [', "json", "^not JSON"),
        ("a = ", "toml", "^not TOML"),
        ("a = 1\na = 2", "toml", "^not TOML"),
        ("[\n" * 40_000, "json", "nested more than 20 deep"),
        ("[" * 5_000, "yaml", "nested more than 20 deep"),
        ("a: " + "[" * 30 + "]" * 30, "yaml", "nested more than 20 deep"),
        ('{"stages": ' + "9" * 5000 + "}", "json", "^not JSON"),
        ("stages: &a [*a]", "yaml", r"^stages\[0\]: .*must be keys and values"),
        (json.dumps(list(range(20_000)), indent=0), "json", "holds more than 10000 values"),
    ],
)
def test_text_that_is_no_spec_is_refused(text: str, format: str, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        loads(text, format)


def test_yaml_aliases_that_explode_are_refused_without_being_written_out() -> None:
    lines = ["a0: &a0 [1, 1]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 19)]

    with pytest.raises(RequestError, match="holds more than 10000 values .aliases written out"):
        loads("\n".join(lines), "yaml")


def test_yaml_aliases_may_repeat_a_stage() -> None:
    spec = loads("stages: [&s {blocks: 2, channels: 64}, *s]", "yaml")

    assert spec.stages[0] == spec.stages[1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the spec is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not UTF-8 text .byte 0"),
        ("stages: ä".encode("latin-1"), "not UTF-8 text .byte 8"),
        (b"stages: []\n" + b"#" * 100_001, "larger than 100000 bytes"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path, content: bytes, message: str) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(content)

    with pytest.raises(RequestError, match=rf"^{path}: {message}"):
        load(path)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + STAGES.encode())

    assert load(path).stages[0].channels == 64


def test_a_missing_file_a_folder_and_an_unknown_suffix_are_refused(tmp_path) -> None:
    with pytest.raises(RequestError, match="cannot be read .no such file"):
        load(tmp_path / "none.yaml")
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(RequestError, match="cannot be read .is a directory"):
        load(tmp_path / "folder.yaml")
    with pytest.raises(RequestError, match="unknown suffix of a spec file: "):
        load(tmp_path / "spec.ini")
    with pytest.raises(RequestError, match="unknown spec format: 'xml'"):
        loads(STAGES, "xml")
    with pytest.raises(RequestError, match="unknown spec format: 'xml'"):
        dumps(entries()["resnet18"].spec, "xml")
