"""For all tests."""

from tests.support.leaks import (  # noqa: F401 - hooks and fixtures
    _logs_of_processes,
    pytest_configure,
    pytest_runtest_makereport,
    pytest_unconfigure,
)
