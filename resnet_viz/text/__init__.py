"""All texts for users, in English; translations are in the catalogue.

The English text is the key of its translation, as usual with gettext. `labels` has the texts of
figures, `page` those of the app; errors have their own sentences (`errors.Message`).
"""

from resnet_viz.text.catalogue import LANGUAGES, lookup, translate_error

__all__ = ["LANGUAGES", "lookup", "translate_error"]
