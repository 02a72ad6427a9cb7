"""Every text has its translation, and what is compiled is what was written."""

import re
import string
import subprocess
import sys

import catalogue
import pytest

from resnet_viz.text import LANGUAGES, lookup
from resnet_viz.text.labels import LABELS

TRANSLATED = sorted(set(LANGUAGES) - {"en"})


@pytest.fixture(params=TRANSLATED)
def messages(request):
    return [message for message in catalogue.read(request.param) if message.id]


def places(text):
    """Return the placeholders in a text, each with its format."""
    parsed = string.Formatter().parse(text)
    return sorted((name, spec, kind) for _, name, spec, kind in parsed if name is not None)


@pytest.mark.parametrize("lang", TRANSLATED)
def test_the_catalogue_holds_the_texts_of_the_package_and_is_compiled(lang):
    path = catalogue.path_of(lang)

    po, mo = catalogue.written(catalogue.updated(catalogue.read(lang)))

    assert path.read_bytes() == po, "make catalogue"
    assert path.with_suffix(".mo").read_bytes() == mo, "make catalogue"


def test_every_text_is_translated(messages):
    assert [message.id for message in messages if not message.string] == []


def test_a_translation_has_the_places_of_its_text(messages):
    for message in messages:
        # one names twice what its text names once, or leaves out a word for it
        assert set(places(message.string)) <= set(places(message.id)), message.id
        if message.context:
            assert set(places(message.string)) == set(places(message.id)), message.id


def test_a_translation_names_the_same_papers(messages):
    for message in messages:
        papers = re.findall(r"arXiv [\d.]+", message.id)
        assert re.findall(r"arXiv [\d.]+", message.string) == papers


def test_one_word_may_have_a_translation_for_each_table():
    assert lookup(LABELS["params"], "zh", "figure") == "{0:,} 个参数"
    assert lookup("Parameters", "zh", "page") == "参数"
    assert lookup("Parameters", "zh", "figure") == "Parameters"  # no label of a figure


def test_english_needs_no_catalogue():
    code = (
        "import sys, resnet_viz; resnet_viz.draw('d2l-resnet18'); print('gettext' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
