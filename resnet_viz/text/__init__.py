"""Every word that people read: in English here, in other languages in the catalogue beside it.

The English text is the key of its translation, as with gettext everywhere. `labels` holds what
figures say, `page` what the app says; errors carry their own sentences (`errors.Message`).
"""

from resnet_viz.text.catalogue import LANGUAGES, lookup, translate_error

__all__ = ["LANGUAGES", "lookup", "translate_error"]
