"""Which tests run in one worker, one after the other, where pytest has several (`pytest -n 3`)."""

from __future__ import annotations

from typing import Any

import pytest

ONE_STACK = ("tests/contract", "tests/e2e")  # folders whose tests share a stack: one worker starts it
APART = (  # tests that take long and share nothing: each may run in any worker
    "tests/chaos/test_chaos.py",
    "tests/e2e/test_processes.py",
    "tests/integration/stack/test_life.py",
    "tests/simulation/test_random_histories.py",
)


def group(nodeid: str) -> str:
    """The tests of one group run in one worker. A file is a group: its tests share what its module makes."""
    file = nodeid.partition("::")[0]
    folder = file.rpartition("/")[0]
    if file in APART:
        return nodeid
    return folder if folder in ONE_STACK else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Groups start in the order of collection: those that wait for processes come first, the many short ones last."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    config.option.loadscopereorder = False
    return Groups(config, log)
