"""Which tests run in the same worker of pytest-xdist (`pytest -n 3`)."""

from __future__ import annotations

from typing import Any

import pytest

SHARED_STACK = ("tests/contract", "tests/e2e")  # folders whose tests share a stack, which one worker starts
SEPARATE_TESTS = (  # slow tests that share nothing: each may run in any worker
    "tests/chaos/test_chaos.py",
    "tests/e2e/test_processes.py",
    "tests/integration/stack/test_life.py",
    "tests/simulation/test_random_histories.py",
)


def group(nodeid: str) -> str:
    """Tests of one group run in one worker. A file is one group, because its tests share fixtures."""
    file = nodeid.partition("::")[0]
    folder = file.rpartition("/")[0]
    if file in SEPARATE_TESTS:
        return nodeid
    return folder if folder in SHARED_STACK else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Groups start in the order of collection: slow ones first, the many short ones last."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):  # type: ignore[misc] # without types
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    config.option.loadscopereorder = False
    return Groups(config, log)
