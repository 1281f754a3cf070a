from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.ims_client_helper import SimulatedIms

MakeIms = Callable[..., SimulatedIms]


@pytest.fixture
def make_ims(tmp_path: Path) -> MakeIms:
    """Creates a simulated IMS with these switches, each in its own folder."""
    count = 0

    def make(**switches: Any) -> SimulatedIms:
        nonlocal count
        count += 1
        return SimulatedIms(tmp_path / str(count), **switches)

    return make


@pytest.fixture
def ims(make_ims: MakeIms) -> SimulatedIms:
    return make_ims()
