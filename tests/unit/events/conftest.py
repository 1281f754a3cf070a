"""The samples of events/."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EVENTS = Path(__file__).parents[3] / "events"


@pytest.fixture
def sample() -> Callable[[str], Any]:
    return lambda name: json.loads((EVENTS / name).read_text())
