from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.ims_client_helper import Desk

MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(tmp_path: Path) -> MakeDesk:
    """A desk with these switches, in a folder of its own."""
    made = 0

    def make(**switches: Any) -> Desk:
        nonlocal made
        made += 1
        return Desk(tmp_path / str(made), **switches)

    return make


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk()
