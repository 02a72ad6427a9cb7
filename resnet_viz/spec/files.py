"""Read and write specs as YAML, TOML and JSON. A file is bounded, checked, and never executed."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from resnet_viz.errors import RequestError, SpecError, choose, nearest, show, show_path
from resnet_viz.files import write_whole
from resnet_viz.spec.model import Head, ResNetSpec, Stage, Stem

__all__ = ["FORMATS", "SUFFIXES", "decode", "dump_data", "dumps", "format_of", "load"]
__all__ += ["load_data", "loads", "read", "save", "to_plain"]

MAX_BYTES = 100_000
MAX_LINE = 10_000  # characters; a longer TOML key of dots takes many seconds to parse
MAX_VALUES = 10_000  # keys, values and list elements in a file, with aliases expanded
MAX_DEPTH = 20


def load(path: str | os.PathLike[str]) -> ResNetSpec:
    """Read a spec from a `.yaml`, `.yml`, `.toml` or `.json` file.

    Raises:
        RequestError: the file is missing, unreadable, empty, too large, not UTF-8, not of its
            format, or a value in it is not legal. The message begins with the path.
    """
    data = load_data(path)
    try:
        return read(data)
    except RequestError as error:
        raise RequestError(
            "{path}: {error}", path=show_path(os.fspath(path)), error=error
        ) from None


def load_data(path: str | os.PathLike[str]) -> Any:
    """Read the plain data of a `.yaml`, `.yml`, `.toml` or `.json` file, bounded as a spec's.

    Raises:
        RequestError: as for `load`, except that the values are not checked.
    """
    form = format_of(path)
    path = os.fspath(path)
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RequestError(
            "{path}: cannot be read ({reason})", path=show_path(path), reason=_reason(error)
        ) from None
    except ValueError as error:  # a NUL character or a lone surrogate in the name
        raise RequestError("{path!r}: cannot be read ({error})", path=path, error=error) from None
    try:
        return _parsed(_text(data), form)
    except RequestError as error:
        raise RequestError("{path}: {error}", path=show_path(path), error=error) from None


def decode(data: bytes, format: str) -> ResNetSpec:
    """Read a spec from the bytes of a file in `yaml`, `toml` or `json`.

    Raises:
        RequestError: the bytes are too many or not UTF-8, or `loads` rejects the text.

    >>> decode(b"stages: [{blocks: 2, channels: 64}]", "yaml").stages[0].channels
    64
    """
    return read(_parsed(_text(data), format))


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise RequestError(
            "larger than {most} bytes (a spec file is a page of text)", most=MAX_BYTES
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestError("not UTF-8 text (byte {byte})", byte=error.start) from None


def save(spec: ResNetSpec, path: str | os.PathLike[str]) -> None:
    """Write a spec to a file in the format of its suffix; `load` returns an equal spec.

    Raises:
        RequestError: the suffix is unknown or the file cannot be written.
    """
    write_whole(path, dumps(spec, format_of(path)).encode())


def loads(text: str, format: str) -> ResNetSpec:
    """Read a spec from a text in `yaml`, `toml` or `json`.

    Raises:
        RequestError: the text is not of that format, or a value in it is not legal; a SpecError
            has the place, such as `stages[2].blocks`.

    >>> loads("stages: [{blocks: 2, channels: 64}]", "yaml").stages[0].blocks
    2
    """
    return read(_parsed(text, format))


def _parsed(text: str, format: str) -> Any:
    """Parse a text and return its plain data, after checking the bounds."""
    parse, _ = choose("spec format", format, FORMATS)
    if not isinstance(text, str):
        raise RequestError("spec: {text} (must be a text)", text=show(text))
    if not text.strip():
        raise RequestError("the spec is empty (needs at least the key 'stages')")
    if "\0" in text:
        raise RequestError("the spec holds a NUL character (must be text)")
    if any(len(line) > MAX_LINE for line in text.splitlines()):
        raise RequestError("a line is longer than {most} characters", most=MAX_LINE)
    try:
        data = parse(text)
        _check_bounds(data)
    except RecursionError:
        raise RequestError("nested more than {most} deep", most=MAX_DEPTH) from None
    if data is None:
        raise RequestError("the spec is empty (needs at least the key 'stages')")
    return data


def dumps(spec: ResNetSpec, format: str) -> str:
    """Write a spec as text in `yaml`, `toml` or `json`; default values are left out.

    Raises:
        RequestError: the format is unknown.
    """
    choose("spec format", format, FORMATS)
    if not isinstance(spec, ResNetSpec):
        raise RequestError("spec: {spec} (must be a ResNetSpec)", spec=show(spec))
    return dump_data(to_plain(spec), format)


def dump_data(data: Any, format: str) -> str:
    """Write plain data as text in `yaml`, `toml` or `json`."""
    _, write = choose("spec format", format, FORMATS)
    return write(data)


# Values to plain data and back


def to_plain(value: Any) -> Any:
    """Return a spec or a part of one as plain data; default values are left out."""
    if isinstance(value, (ResNetSpec, Stem, Stage, Head)):
        plain = {}
        for field in sorted(fields(value), key=lambda field: _rank(field.name)):
            content = getattr(value, field.name)
            if field.name in _ALWAYS or not _is_default(field, content):
                plain[field.name] = to_plain(content)
        return plain
    if isinstance(value, tuple):
        return [to_plain(element) for element in value]
    return value


_FIRST = ("name", "input", "stem", "stages", "head")
"""The first keys, in the order of the data flow; all other keys come after them."""


def _rank(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


_ALWAYS = ("name", "input", "stages", "stride", "block")
"""The keys that are written even with default values, because users change them first."""


def _is_default(field: Any, content: Any) -> bool:
    if field.default is not MISSING:
        return bool(content == field.default)
    return field.default_factory is not MISSING and bool(content == field.default_factory())


def read(data: Any) -> ResNetSpec:
    """Read a spec from plain data as in a file: keys, values and lists.

    Raises:
        SpecError: a key is unknown or missing, or a value is not legal; it has the place.

    >>> read({"stages": [{"blocks": 2, "channels": 64}]}).stages[0].blocks
    2
    """
    values = _read_fields(ResNetSpec, data, "")
    for key, kind in (("stem", Stem), ("head", Head)):
        if key in values and not (kind is Stem and isinstance(values[key], str)):
            values[key] = _read_part(kind, values[key], key)
    stages = values["stages"]
    if not isinstance(stages, list):
        raise SpecError("stages", "{stages} (must be a list of stages)", stages=show(stages))
    values["stages"] = tuple(
        _read_part(Stage, stage, f"stages[{i}]") for i, stage in enumerate(stages)
    )
    return ResNetSpec(**values)


def _read_part(kind: type, data: Any, path: str) -> Any:
    values = _read_fields(kind, data, path)
    try:
        return kind(**values)
    except SpecError as error:
        raise error.within(path) from None


def _read_fields(kind: type, data: Any, path: str) -> dict[str, Any]:
    """Return the keys and values of one dataclass, after checking for unknown and missing keys."""
    if not isinstance(data, dict):
        raise SpecError(path, "{data} (must be keys and values)", data=show(data))
    known = {field.name: field for field in fields(kind)}
    for key in data:
        if key not in known:
            near = nearest(key, known)
            message = "unknown key {key} (must be one of {known})"
            if near:
                message = "unknown key {key} (did you mean {near!r}? must be one of {known})"
            shown = key if isinstance(key, str) else show(key)
            where = f"{path}.{shown}" if path else shown
            raise SpecError(
                where if len(where) < 100 and where.isprintable() else path or "spec",
                message,
                key=show(key),
                near=near,
                known=list(known),
            )
    for name, field in known.items():
        required = field.default is MISSING and field.default_factory is MISSING
        if required and name not in data:
            raise SpecError(f"{path}.{name}" if path else name, "missing (every spec needs it)")
    return dict(data)


# Formats


def _check_bounds(data: Any) -> None:
    """Check that data is not nested too deep and, with aliases expanded, not too large."""
    sizes: dict[int, int] = {}

    def size(value: Any, depth: int) -> int:
        if depth > MAX_DEPTH:
            raise RecursionError
        if not isinstance(value, (dict, list, tuple)):
            return 1
        if id(value) not in sizes:
            sizes[id(value)] = 0  # a value that contains itself is caught by the depth check
            parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
            sizes[id(value)] = 1 + sum(size(part, depth + 1) for part in parts)
        return sizes[id(value)]

    if size(data, 0) > MAX_VALUES:
        raise RequestError("holds more than {most} values (aliases written out)", most=MAX_VALUES)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object as a dict, after checking that its keys differ."""
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise RequestError("key {key} stands twice", key=show(key))
        result[key] = value
    return result


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except RequestError:
        raise
    except ValueError as error:
        raise RequestError("not JSON ({reason})", reason=_first_line(error)) from None


def _write_json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _read_toml(text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise RequestError("not TOML ({reason})", reason=_first_line(error)) from None


def _write_toml(data: Any) -> str:
    import tomli_w

    return tomli_w.dumps(data)


def _read_yaml(text: str) -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """PyYAML's safe loader, which here rejects duplicate keys and merge keys."""

        def flatten_mapping(self, node: yaml.MappingNode) -> None:
            pass

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
            mapping = super().construct_mapping(node, deep)
            if len(mapping) != len(node.value):
                keys = Counter(key.value for key, _ in node.value)
                raise RequestError("key {key} stands twice", key=show(keys.most_common(1)[0][0]))
            return mapping

        def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
            tag = node.tag.rpartition(":")[2]
            if tag == "merge":
                raise RequestError("merge keys (<<) are not read (write the keys out)")
            if tag not in ("map", "seq", "str", "int", "float", "bool", "null"):
                raise RequestError(
                    "the tag {tag} is not read (needs plain values)", tag=show(node.tag)
                )
            return super().construct_object(node, deep)

    try:
        return yaml.load(text, Loader)
    except RequestError:
        raise
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        message = "not YAML ({problem} in line {line})" if mark else "not YAML ({problem})"
        problem = getattr(error, "problem", None) or _first_line(error)
        line = mark.line + 1 if mark else None
        raise RequestError(message, problem=problem, line=line) from None


def _write_yaml(data: Any) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """PyYAML's safe dumper, with the innermost lists and mappings on one line."""

        def represent_data(self, value: Any) -> yaml.Node:
            node = super().represent_data(value)
            if isinstance(node, yaml.CollectionNode):
                inner = value.values() if isinstance(value, dict) else value
                flat = not any(isinstance(part, (dict, list)) for part in inner)
                node.flow_style = flat
            return node

    return str(yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100))


FORMATS: Mapping[str, tuple[Callable[[str], Any], Callable[[Any], str]]] = {
    "yaml": (_read_yaml, _write_yaml),
    "toml": (_read_toml, _write_toml),
    "json": (_read_json, _write_json),
}
"""The functions that read and write each format."""

SUFFIXES = {".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".json": "json"}


def format_of(path: str | os.PathLike[str]) -> str:
    """Return the format of a file's suffix.

    Raises:
        RequestError: the suffix is unknown.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise RequestError("spec file: {path} (must be a path)", path=show(path))
    name = os.path.basename(os.fspath(path))
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix not in SUFFIXES:
        raise RequestError(
            "unknown suffix of a spec file: {path} (must be one of {suffixes})",
            path=show(os.fspath(path)),
            suffixes=list(SUFFIXES),
        )
    return SUFFIXES[suffix]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
