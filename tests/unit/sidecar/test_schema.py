"""The schema and the reader accept the same sidecars, on listed limits and on random documents."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from imagedrop.common import os_versions
from imagedrop.sidecar import Sidecar, limits, read, schema
from tests.unit.sidecar.documents import KEY, LARGE, SMALL, dumped, small

VALIDATOR = Draft202012Validator(schema())
BEYOND = {"sidecar.same_file", "sidecar.ram_order"}


def has_equal_data_images(document: Any) -> bool:
    """Whether two data images are equal, which the schema rejects."""
    listed = document.get("data_images") if isinstance(document, dict) else None
    entries = listed if isinstance(listed, list) else []
    return any(entry == other for entry, other in itertools.combinations(entries, 2))


def accepted(document: Any) -> bool:
    """Whether the schema and the reader accept the document. Fails if they differ."""
    beyond = BEYOND - {"sidecar.same_file"} if has_equal_data_images(document) else BEYOND
    errors = [finding.id for finding in read(dumped(document)).findings if finding.id not in beyond]
    schema_errors = [error.message for error in VALIDATOR.iter_errors(document)]
    assert bool(errors) == bool(schema_errors), (errors, schema_errors)
    return not errors


def test_schema_is_a_valid_json_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_every_field_has_a_description_except_the_obvious() -> None:
    silent = {name for name, field in schema()["properties"].items() if not field.get("description")}
    assert silent <= {"owner", "description", "name"}
    assert set(schema()["properties"]) == {field.alias or name for name, field in Sidecar.model_fields.items()}


@pytest.mark.parametrize("document", [SMALL, LARGE])
def test_schema_and_reader_accept_valid_sidecars(document: dict[str, Any]) -> None:
    assert accepted(document)


LIMITS: dict[str, list[Any]] = {
    "name": ["a", "a b", " a", "a ", "a\n", "", "x" * 128, "x" * 129, "中文", "é", "a/b"],
    "description": ["", "x" * 1024, "x" * 1025, "a<", "\t", "\r", "😀", "\u202e", "\u2028"],
    "os_type": ["Windows", "Linux", "Other", "windows"],
    "os_version": [*os_versions.WINDOWS[:2], *os_versions.UNLISTED, "Ubuntu 24.04", "", "x" * 128, "x" * 129],
    "architecture": ["x86", "arm", "ARM"],
    "hw_firmware_type": ["bios", "uefi", "efi"],
    "min_disk": [0, 1, 19, 20, 40, 40.0, 40.5, 1024, 1025, True, "40", -1, 10**30],
    "type": ["ECS", "BMS", "Ironic"],
    "is_config": [True, False, 1, 0.0],
    "is_quick_import": [True, False, "true"],
    "cmk_id": [KEY, KEY.upper(), KEY[:-1], KEY + "\n", ""],
    "enterprise_project_id": ["0", "00", KEY, "", 0],
    "image_tags": [{}, {"a": ""}, {"imagedrop": "x"}, {"a b": ""}, {"": ""}, {"a": "x" * 44}, {"a": 1}, {"中": ""}]
    + [{f"k{n}": "v" for n in range(count)} for count in (9, 10)],
    "min_ram": [0, 1, limits.RAM_MB[1], limits.RAM_MB[1] + 1, -1, 1e3],
    "max_ram": [0, 2048, "2048"],
    "license_type": ["platform", "byol", "BYOL"],
    "region": ["cn-north-4", "cn", "a" * 30 + "-1", "a" * 31 + "-1", "CN-north-4", "cn-north-4\n"],
    "size": [0, 1, 2**63 - 1, 2**63, 1.5],
    "etag": ["abc", '"abc-1"', "", "a b", "x" * 129],
    "$schema": ["x", "", "a\n"],
    "data_images": [[], [{}], [{"file": "a"}] * 3, [{"file": "a"}] * 4, [3], {}, [{"file": "a", "cmk_id": KEY}]]
    + [[{"file": "a"}] * 2, [{"file": "a"}, {"file": "b"}], [{"file": "a"}, {"file": "a", "min_disk": 9}]]
    + [[{"file": "a", "min_disk": 9}, {"file": "a", "min_disk": 9.0}]]
    + [[{"file": "a", key: value}] for key in ("min_disk",) for value in (0, 1, 2048, 2049)]
    + [[{"file": name}] for name in ("", ".", "..", "...", "a b", "a/b", "a,b", "x" * 128, "x" * 129, "中")]
    + [[{"file": "a", "image_tags": tags}] for tags in ({"imagedrop": ""}, {f"k{n}": "" for n in range(10)})]
    + [[{"file": "a", "name": name}] for name in ("d", " d")],
    "owner": [{}, [], "a@example.com", {"email": "a@example.com", "x": 1}]
    + [{"email": email} for email in ("a@example.com", "a@b", "a@b.1", "a@b.c\n", "é@b.com", "a" * 64 + "@b.cn")]
    + [{"email": "a@example.com", "language": said} for said in ("en", "zh", "fr")]
    + [{"email": "a@example.com", "name": said} for said in ("A B", "", "<b>", "x" * 129)],
    "nonsense": [1],
}
ALL_LIMITS = [(field, value) for field, values in LIMITS.items() for value in [*values, None, [], {}, 7, "7"]]


@pytest.mark.parametrize(("field", "value"), ALL_LIMITS)
def test_schema_and_reader_agree_on_every_limit(field: str, value: Any) -> None:
    accepted(small(**{field: value}))
    accepted({**copy.deepcopy(LARGE), field: value})


def test_limits_have_accepted_and_rejected_values_for_every_field() -> None:
    accepting = {field for field, value in ALL_LIMITS if accepted(small(**{field: value}))}
    rejecting = {field for field, value in ALL_LIMITS if not accepted(small(**{field: value}))}
    assert accepting == set(LIMITS) - {"nonsense"}
    assert rejecting == set(LIMITS)


@pytest.mark.parametrize(
    ("fields", "is_valid"),
    [
        ({"data_images": [{"file": "a"}, {"file": "a"}]}, False),
        ({"data_images": [{"file": "a"}, {"file": "b"}]}, True),
        ({"architecture": "arm"}, True),
        ({"architecture": "arm", "hw_firmware_type": "uefi"}, True),
        ({"architecture": "arm", "hw_firmware_type": "bios"}, False),
        ({"type": "BMS", "cmk_id": KEY}, False),
        ({"type": "ECS", "cmk_id": KEY}, True),
        ({"is_quick_import": True, "is_config": True}, False),
        ({"is_quick_import": True, "is_config": False}, True),
        ({"os_type": "Windows", "min_disk": 19}, False),
        ({"os_type": "Linux", "min_disk": 19}, True),
        ({"os_type": "Other", "min_disk": 1}, True),
        ({"min_disk": 19}, False),
        ({"min_disk": 20}, True),
        ({"os_type": "Linux", "os_version": "Windows 10 64bit"}, False),
        ({"os_type": "Other", "os_version": "FreeBSD 14"}, True),
        ({"os_version": "FreeBSD 14"}, False),
    ],
)
def test_schema_and_reader_agree_on_fields_together(fields: dict[str, Any], is_valid: bool) -> None:
    assert accepted(small(**fields)) is is_valid


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
of_a_field = st.sampled_from(list(LIMITS)).flatmap(
    lambda field: st.tuples(st.just(field), st.sampled_from(LIMITS[field]) | anything)
)


@given(st.lists(of_a_field, max_size=4), st.sampled_from([SMALL, LARGE, {}]))
@settings(max_examples=300, deadline=None)
def test_schema_and_reader_agree_on_random_documents(changes: list[tuple[str, Any]], base: dict[str, Any]) -> None:
    accepted({**base, **dict(changes)})


@given(anything)
@settings(max_examples=50, deadline=None)
def test_schema_and_reader_reject_random_json(document: Any) -> None:
    assert not accepted(document)
