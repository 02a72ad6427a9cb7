"""Define the fixtures and helpers of all tests."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
settings.load_profile("default")


def pytest_addoption(parser) -> None:
    parser.addoption("--write-goldens", action="store_true", help="write the golden files anew")


def lacking(what: str, how_to_get: str) -> None:
    """Skip the current test, or fail it in CI, where no test may be skipped."""
    reason = f"{what} is not installed ({how_to_get})"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str, packages: str) -> str:
    """Return the path of a program that a test needs; the error names its Debian packages."""
    path = shutil.which(name)
    if path is None:
        lacking(name, f"apt install {packages}")
    return path


FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


@pytest.fixture(scope="module")
def browser():
    """A browser without network requests of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program("chromium", "chromium"), args=FLAGS.split()
        )
        yield browser
        browser.close()
