"""Fixtures and hooks of all tests."""

import functools
from collections.abc import Iterator

import botocore.session
import pytest
from hypothesis import HealthCheck, settings

from tests.support.leaks import (  # noqa: F401 - hooks and fixtures
    _logs_of_processes,
    pytest_configure,
    pytest_runtest_makereport,
    pytest_unconfigure,
)
from tests.support.workers import pytest_xdist_make_scheduler  # noqa: F401 - a hook

# How fast the machine is says nothing about what a test checks.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def _cached_service_models() -> Iterator[None]:
    """botocore reads AWS's service models in every session, which took half of the time of the end-to-end tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", functools.cache(botocore.session.create_loader))
        yield
