"""Every Windows disk that independent tools built, against what its recipe says of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.inspection.images import inspect_bytes
from tests.unit.inspection.windows.images import expected, windows_image


def seen(name: str) -> dict[str, Any]:
    return inspect_bytes(windows_image(name), f"{name}.qcow2").facts.public()


@pytest.mark.parametrize("name", expected())
def test_the_facts_are_those_of_the_recipe(name: str) -> None:
    wanted = dict(expected()[name])
    found = {field: value for field, value in seen(name).items() if field in wanted}
    assert found == wanted


@pytest.mark.parametrize("fact", ["ntfs_dirty", "hibernated"])
def test_of_a_volume_that_cannot_be_read_nothing_is_claimed(fact: str) -> None:
    assert seen("bitlocker")[fact] is None
