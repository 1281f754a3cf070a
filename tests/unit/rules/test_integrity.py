"""The size and ETag in the sidecar against the file."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.rules.cases import (
    GIB,
    check_drop,
    ids,
    inspected,
    location,
)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"size": 6 * GIB, "etag": '"ABC"'}, []),
        ({"size": 5}, ["integrity.size"]),
        ({"etag": "abd"}, ["integrity.etag"]),
    ],
)
def test_size_or_etag_other_than_in_the_sidecar_is_an_error(fields: dict[str, Any], expected: list[str]) -> None:
    assert ids(check_drop(fields)) == expected


def test_etag_is_not_checked_for_a_local_file() -> None:
    assert ids(check_drop({"etag": "abd"}, inspected(etag=""), where=location(bucket=None))) == []
