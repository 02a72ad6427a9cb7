"""Translate English texts by the catalogues in `locale`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from resnet_viz.errors import Message, Messages, ResNetVizError, SpecError

if TYPE_CHECKING:
    from gettext import NullTranslations

__all__ = ["LANGUAGES", "LOCALE", "lookup", "translate_error"]

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "zh": "中文"})
"""The languages, each with its own name for itself."""

LOCALE = os.path.join(os.path.dirname(__file__), "locale")
"""A folder for each language but English: `<language>/LC_MESSAGES/resnet_viz.po`, and its `.mo`."""

SEPARATORS: Mapping[str, str] = MappingProxyType({"en": "; ", "zh": "；"})
"""The separator between several hints, by language."""


def lookup(english: str, lang: str, context: str = "") -> str:
    """Return the translation of a text, or the English text if there is none.

    Args:
        english: the text, with placeholders for values.
        lang: a name in `LANGUAGES`.
        context: the table of the text (`figure`, `page`, `field`, `viewer`), because one word may
            have several translations; empty for whole sentences.

    >>> lookup("Head", "zh", "figure"), lookup("Head", "en", "figure")
    ('头部', 'Head')
    """
    if lang == "en":
        return english
    catalogue = _catalogue(lang)
    return catalogue.pgettext(context, english) if context else catalogue.gettext(english)


@cache
def _catalogue(lang: str) -> NullTranslations:
    from gettext import translation  # lazy: English needs no translation

    return translation("resnet_viz", LOCALE, [lang])


def translate_error(error: ResNetVizError | Message, lang: str) -> str:
    """Return the translation of an error, including messages among its values.

    >>> translate_error(SpecError("kernel", "{kernel} (must be odd)", kernel=4), "zh")
    'kernel: 4（须为奇数）'
    """
    text = lookup(error.message, lang)
    if error.values:
        values = {name: _translate_value(value, lang) for name, value in error.values.items()}
        text = text.format(**values)
    return f"{error.path}: {text}" if isinstance(error, SpecError) and error.path else text


def _translate_value(value: object, lang: str) -> object:
    if isinstance(value, (ResNetVizError, Message)):
        return translate_error(value, lang)
    if isinstance(value, Messages):
        return SEPARATORS[lang].join(translate_error(message, lang) for message in value)
    return value
