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


@pytest.fixture
def three_images(ims: SimulatedIms) -> SimulatedIms:
    """Active images a, b and c, created a minute apart."""
    tags = {"a": {"team": "red"}, "b": {"team": "blue", "imagedrop": "x"}, "c": {}}
    for name, values in tags.items():
        ims.submit(name=name, image_tags=[{"key": key, "value": value} for key, value in values.items()])
        ims.wait(60)
    ims.wait()
    return ims
