"""What tests of the page share."""

import pytest


@pytest.fixture
def at_hand(monkeypatch):
    """Let the form's edit be what a test puts into the session: AppTest has no components."""
    sent: dict[str, object] = {}
    monkeypatch.setattr("resnet_viz.app.sections.spec_form._sent", lambda: sent.get("edited"))
    return sent
