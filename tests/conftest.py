"""What all tests share."""

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


def program(name: str, packages: str) -> str:
    """Return the path of a program that a test needs.

    Where it is missing, the test is skipped and says how to get it; in CI, where nothing may go
    untested, it fails.
    """
    path = shutil.which(name)
    if path is None:
        missing = f"{name} is not installed (apt install {packages})"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path
