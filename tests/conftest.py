"""For all tests."""

from support.leaks import (  # noqa: F401 - hooks and fixtures
    _logs_of_processes,
    pytest_configure,
    pytest_runtest_makereport,
    pytest_unconfigure,
)
from support.workers import pytest_xdist_make_scheduler  # noqa: F401 - a hook
