"""The app as a server."""

import subprocess
import sys

import pytest
from app_page import APP

from resnet_viz import RequestError


def test_the_app_runs_without_torch():
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"page = AppTest.from_file({str(APP)!r}, default_timeout=60).run(); "
        "assert not page.exception; assert 'torch' not in sys.modules"
    )

    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True)


def test_a_wrong_port_is_refused():
    from resnet_viz.app.serve import serve

    with pytest.raises(RequestError, match="port: 70000 .must be from 1 to 65535"):
        serve(70000, "localhost")
