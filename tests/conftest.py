"""What all tests share."""

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
