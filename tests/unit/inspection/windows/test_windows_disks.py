"""Every Windows disk that independent tools built, against what its recipe says of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.inspection.images import look
from tests.unit.inspection.windows.images import expected, windows_image

UNREAD_VOLUME = pytest.mark.xfail(strict=True, reason="a volume that cannot be read counts as clean and awake")


def seen(name: str) -> dict[str, Any]:
    return look(windows_image(name), f"{name}.qcow2").facts.public()


@pytest.mark.parametrize("name", expected())
def test_the_facts_are_those_of_the_recipe(name: str) -> None:
    wanted = dict(expected()[name])
    found = {field: value for field, value in seen(name).items() if field in wanted}
    if name == "bitlocker":  # its own test says what is still missing there
        for facts in (wanted, found):
            del facts["ntfs_dirty"], facts["hibernated"]
    assert found == wanted


@UNREAD_VOLUME
@pytest.mark.parametrize("fact", ["ntfs_dirty", "hibernated"])
def test_of_a_volume_that_cannot_be_read_nothing_is_claimed(fact: str) -> None:
    assert seen("bitlocker")[fact] is None
