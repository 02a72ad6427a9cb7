"""Update the translation catalogues from the package's texts: `make catalogue`.

Gathers every text for users, adds new ones to each `.po` (to be translated there), removes those
that no longer exist, and compiles the `.mo` beside it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from resnet_viz.count import CONVENTIONS
from resnet_viz.ops import TERMS
from resnet_viz.spec.kinds import BLOCKS, POOLINGS, SHORTCUTS
from resnet_viz.spec.model import TABLES
from resnet_viz.text import LANGUAGES
from resnet_viz.text.catalogue import LOCALE
from resnet_viz.text.labels import LABELS, SCOPES
from resnet_viz.text.notes import NOTES
from resnet_viz.text.page import FIELDS, VIEWER, WORDS

PACKAGE = Path(__file__).parents[1] / "resnet_viz"

ERRORS = {
    **dict.fromkeys(("RequestError", "ResNetVizError", "NotSeriesParallel", "Message"), 0),
    **dict.fromkeys(("choose", "unknown"), 0),  # the thing that has no such name
    "SpecError": 1,
}
"""The calls that take the English text of an error, each with the text's argument position."""

TABLES_OF_TEXTS: Mapping[str, tuple[Mapping[str, object], ...]] = {
    "figure": (LABELS, SCOPES),
    "page": (WORDS, NOTES),
    "field": (FIELDS,),
    "viewer": (VIEWER,),
    "": (
        TERMS,
        {name: convention.source for name, convention in CONVENTIONS.items()},
        *(BLOCKS, SHORTCUTS, POOLINGS, *TABLES.values()),
    ),
}
"""The tables of texts, by the context of their look-up."""


def texts() -> Iterator[tuple[str, str]]:
    """Yield the context and the English of each text."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for text in error_texts(path.read_text(encoding="utf-8")):
            if has_words(text):
                yield "", text
    for context, tables in TABLES_OF_TEXTS.items():
        for table in tables:
            for text in map(str, table.values()):
                yield context, text


def error_texts(source: str) -> Iterator[str]:
    r"""Yield the English texts of the errors in a source file.

    Babel's own extractor finds texts only in calls; ours also follows a variable to its assignment
    in the same function.

    >>> list(error_texts("def f(n):\n  text = 'even' if n else 'odd'\n  raise SpecError(n, text)"))
    ['even', 'odd']
    """
    for scope in ast.walk(ast.parse(source)):
        if not isinstance(scope, (ast.FunctionDef, ast.Module)):
            continue
        assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                assigned.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(scope):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = ERRORS.get(node.func.id)
            if place is not None and place < len(node.args):
                text = node.args[place]
                values = assigned.get(text.id, []) if isinstance(text, ast.Name) else [text]
                for value in values:
                    yield from _constants(value)


def _constants(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _constants(value.body)
        yield from _constants(value.orelse)


def has_words(text: str) -> bool:
    """Return whether a text has words besides placeholders.

    >>> has_words("{path}: {error}"), has_words("must be odd")
    (False, True)
    """
    return any(map(str.isalpha, re.sub(r"\{.*?\}", "", text)))


class _Catalog(Catalog):
    """A catalogue without Babel's dates and names, so that equal texts give equal bytes."""

    mime_headers = [("Content-Type", "text/plain; charset=utf-8")]  # noqa: RUF012  # as Babel has it


def updated(old: Catalog) -> Catalog:
    """Return a catalogue of the current texts with their existing translations."""
    new = _Catalog(old.locale, header_comment="", fuzzy=False)
    known = {(message.context or "", message.id): message.string for message in old}
    for context, text in sorted(set(texts())):
        new.add(text, known.get((context, text), ""), context=context or None)
    return new


def written(catalogue: Catalog) -> tuple[bytes, bytes]:
    """Return a catalogue's `.po` and `.mo` files as bytes."""
    po, mo = BytesIO(), BytesIO()
    write_po(po, catalogue, width=100, omit_header=False)
    write_mo(mo, catalogue)
    return po.getvalue(), mo.getvalue()


def path_of(lang: str) -> Path:
    """Return the path of a language's `.po`."""
    return Path(LOCALE) / lang / "LC_MESSAGES" / "resnet_viz.po"


def read(lang: str) -> Catalog:
    """Read the catalogue of a language."""
    with path_of(lang).open("rb") as file:
        return read_po(file, locale=lang)


def main() -> None:
    """Update every catalogue, and print the number of texts to translate."""
    for lang in LANGUAGES:
        if lang == "en":
            continue
        catalogue = updated(read(lang))
        po, mo = written(catalogue)
        path_of(lang).write_bytes(po)
        path_of(lang).with_suffix(".mo").write_bytes(mo)
        for message in catalogue:
            if message.id and not message.string:
                print(f"{lang}: to be translated: {message.id!r}")


if __name__ == "__main__":
    main()
