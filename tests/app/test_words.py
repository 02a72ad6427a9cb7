"""The page is in the language that was chosen."""

from app_page import shown, visit

from resnet_viz.text.page import FIELDS, WORDS


def test_the_page_in_chinese_has_no_english_labels():
    page = visit(lang="zh")
    widgets = (*page.selectbox, *page.checkbox, *page.button, *page.metric)
    labels = {widget.label.strip("*") for widget in widgets}
    labels |= {field["label"] for known in shown(page)["fields"].values() for field in known}
    labels |= set(shown(page)["words"].values())
    english = {*WORDS.values(), *FIELDS.values()} - {"MACs", "ResNet-152"}

    assert len(labels) > 20
    assert not labels & english


def test_a_kind_is_explained_in_the_language_of_the_page_with_the_same_sources():
    (shortcut,) = [
        field
        for field in shown(visit(lang="zh"))["fields"]["stages"]
        if field["name"] == "shortcut"
    ]

    assert ["none", "没有捷径：普通网络"] in shortcut["options"]
