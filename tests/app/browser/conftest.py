"""The app's server, and visits to it."""

import io

import pytest
from app_browser import APP, PICTURES, WIDE, settle
from browser import served, visits


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Serve the app."""
    with served(APP, tmp_path_factory.mktemp("app")) as server:
        yield server


@pytest.fixture
def visit(browser, server):
    """Open the page with an address; it must not log errors or request other hosts."""
    from playwright.sync_api import expect

    expect.set_options(timeout=20_000)
    with visits(browser, server.address) as opened:

        def visit(query: str = "", options=WIDE, line=None, **more):
            page = opened(f"{server.address}?{query}", line, **options, **more)
            page.locator(".stage > svg").first.wait_for()
            settle(page)
            return page

        yield visit
    assert server.reached() == []


@pytest.fixture
def picture(request):
    """Write a screenshot of a page for the docs, if golden files are rewritten."""

    def picture(page, name: str) -> None:
        if not request.config.getoption("--write-goldens"):
            return
        from PIL import Image

        PICTURES.mkdir(exist_ok=True)
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)  # what fades in has done so
        with Image.open(io.BytesIO(page.screenshot())) as shot:
            few = shot.convert("RGB").quantize(128, dither=Image.Dither.NONE)
            few.save(PICTURES / f"{name}.png", optimize=True)

    return picture
