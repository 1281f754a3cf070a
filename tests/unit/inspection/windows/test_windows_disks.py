"""Every Windows disk in fixtures/, which independent tools built, has the facts of its recipe."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.inspection.images import inspect_bytes
from tests.unit.inspection.windows.images import expected, windows_image


def facts_of(name: str) -> dict[str, Any]:
    return inspect_bytes(windows_image(name), f"{name}.qcow2").facts.public()


@pytest.mark.parametrize("name", expected())
def test_the_facts_are_those_of_the_recipe(name: str) -> None:
    wanted = dict(expected()[name])
    found = {field: value for field, value in facts_of(name).items() if field in wanted}
    assert found == wanted


@pytest.mark.parametrize("fact", ["ntfs_dirty", "hibernated"])
def test_a_fact_of_an_encrypted_volume_is_none(fact: str) -> None:
    assert facts_of("bitlocker")[fact] is None
