"""IMS answers every body and query, with success or an error code, and never with a dropped connection."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.ims_client_helper import SimulatedIms
from tests.support.signed_requests import PROJECT

NAMES = (
    *("name", "description", "image_url", "min_disk", "os_type", "os_version", "architecture", "type", "cmk_id"),
    *("hw_firmware_type", "is_config", "is_quick_import", "enterprise_project_id", "min_ram", "max_ram", "tags"),
    *("image_tags", "data_images", "license_type", "action", "not_tags", "matches", "limit", "offset", "op", "path"),
)
SCALARS = st.none() | st.booleans() | st.integers(-5, 5000) | st.floats() | st.text(max_size=6)
KNOWN = st.sampled_from(
    ["x86", "arm", "uefi", "ECS", "BMS", "drops:disk.qcow2", "Windows 10 64bit", "0", "add", "/name"]
)
VALUES = st.recursive(
    SCALARS | KNOWN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "key", "value", "values"]), inner, max_size=4)
    ),
    max_leaves=6,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)
CALLS = (
    ("POST", "/v2/cloudimages/action"),
    ("POST", "/v2/cloudimages/quickimport/action"),
    ("POST", "/v1/cloudimages/dataimages/action"),
    ("POST", f"/v2/{PROJECT}/images/resource_instances/action"),
)


@given(st.sampled_from(CALLS), BODIES, st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_body_is_answered_with_success_or_an_ims_error_code(
    call: tuple[str, str], body: dict[str, Any], complete: bool
) -> None:
    good = {"name": "a", "image_url": "drops:disk.qcow2", "min_disk": 40, "action": "filter"}
    with TemporaryDirectory() as folder:
        ims = SimulatedIms(Path(folder))
        answer = ims.call(*call, {**good, **body} if complete else body)
        ims.wait()
        ims.service.state()
    assert answer.status == 200 or (answer.code or "").startswith("IMG.")


@given(
    st.lists(VALUES, max_size=3),
    st.dictionaries(
        st.sampled_from(["limit", "marker", "tag", "created_at", "sort_key", "min_disk"]),
        st.text(max_size=8),
        max_size=3,
    ),
)
@settings(max_examples=60, deadline=None)
def test_any_patch_and_any_query_are_answered_with_success_or_an_ims_error_code(
    patch: list[Any], query: dict[str, str]
) -> None:
    with TemporaryDirectory() as folder:
        ims = SimulatedIms(Path(folder))
        ims.outcome()
        path = f"/v2/cloudimages/{ims.images()[0]['id']}"
        tags = f"/v2/{PROJECT}/images/{path.rpartition('/')[2]}/tags"
        answers = [
            ims.call("GET", "/v2/cloudimages", query=list(query.items())),
            ims.call("PATCH", path, patch),
            ims.call("POST", f"{tags}/action", {"action": "create", "tags": patch}),
            ims.call("POST", tags, {"tag": patch}),
        ]
    assert all(answer.status in (200, 204) or (answer.code or "").startswith("IMG.") for answer in answers)
