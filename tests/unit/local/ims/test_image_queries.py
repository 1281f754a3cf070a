"""Searches, changes and deletes images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.ims_client_helper import SimulatedIms
from tests.support.signed_requests import PROJECT
from tests.unit.local.ims.helpers import image_id, names

MakeIms = Callable[..., SimulatedIms]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "cba"),
        ({"name": "b"}, "b"),
        ({"name": "B"}, ""),
        ({"tag": "team=red"}, "a"),
        ({"tag": "team.red"}, ""),
        ({"tag": "team"}, ""),
        ({"tag": "imagedrop=x", "name": "a"}, ""),
        ({"owner": PROJECT}, "cba"),
        ({"owner": "another"}, ""),
        ({"status": "active"}, "cba"),
        ({"status": "queued"}, ""),
        ({"__imagetype": "private"}, "cba"),
        ({"__imagetype": "gold"}, ""),
        ({"__isregistered": "true", "visibility": "private", "protected": "false"}, "cba"),
        ({"__os_type": "Windows"}, ""),
        ({"virtual_env_type": "FusionCompute", "min_disk": "40"}, "cba"),
        ({"enterprise_project_id": "all_granted_eps"}, "cba"),
        ({"enterprise_project_id": "11111111-2222-3333-4444-555555555555"}, ""),
        ({"architecture": "arm"}, ""),
        ({"created_at": "gte:2026-11-24T13:01:00Z"}, "cb"),
        ({"created_at": "lt:2026-11-24T13:01:00Z"}, "a"),
        ({"created_at": "neq:2026-11-24T13:01:00Z"}, "ca"),
        ({"sort_key": "name", "sort_dir": "asc"}, "abc"),
        ({"sort_dir": "asc", "limit": "2"}, "ab"),
        ({"a_filter_of_next_year": "1"}, "cba"),
    ],
)
def test_list_images_filters_and_sorts(three_images: SimulatedIms, query: dict[str, str], found: str) -> None:
    assert "".join(names(three_images, **query)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "x"},
        {"sort_key": "owner"},
        {"sort_dir": "up"},
        {"created_at": "2026"},
        {"marker": "?"},
    ],
)
def test_an_invalid_query_is_refused(three_images: SimulatedIms, query: dict[str, str]) -> None:
    answer = three_images.call("GET", "/v2/cloudimages", query=list(query.items()))
    assert (answer.status, answer.code) == (400, "IMG.0001")


def test_the_marker_of_the_last_image_gives_the_next_page(three_images: SimulatedIms) -> None:
    found: list[str] = []
    marker: dict[str, str] = {}
    while page := three_images.images(limit="2", **marker):
        found += [image["name"] for image in page]
        marker = {"marker": page[-1]["id"]}
    assert found == ["c", "b", "a"]


def test_glance_list_images_links_to_the_next_page(three_images: SimulatedIms) -> None:
    first = three_images.call("GET", "/v2/images", query=[("limit", "2")]).json
    assert [image["name"] for image in first["images"]] == ["c", "b"]
    assert first["next"] == f"/v2/images?limit=2&marker={image_id(three_images, 'b')}"
    rest = three_images.call("GET", "/v2/images", query=[("limit", "2"), ("marker", image_id(three_images, "b"))]).json
    assert [image["name"] for image in rest["images"]] == ["a"]
    assert "next" not in rest


def test_glance_list_images_has_25_images_a_page(ims: SimulatedIms) -> None:
    for number in range(26):
        ims.submit(name=str(number))
    ims.wait()
    assert len(ims.call("GET", "/v2/images").json["images"]) == 25
    assert len(ims.images()) == 26


@pytest.mark.parametrize("value", ["True", "true"])
def test_a_boolean_filter_is_case_insensitive(three_images: SimulatedIms, value: str) -> None:
    assert names(three_images, __isregistered=value, protected="False") == ["c", "b", "a"]
    assert names(three_images, protected=value) == []


def patch(ims: SimulatedIms, name: str, *operations: dict[str, Any]) -> Any:
    return ims.call("PATCH", f"/v2/cloudimages/{image_id(ims, name)}", list(operations))


def test_update_image_applies_all_operations_or_none(three_images: SimulatedIms) -> None:
    good = {"op": "replace", "path": "/name", "value": "new"}
    assert patch(three_images, "a", good, {"op": "replace", "path": "/max_ram", "value": "1"}).code == "IMG.0035"
    assert names(three_images, name="new") == []
    changed = patch(three_images, "a", good, {"op": "add", "path": "/max_ram", "value": "4096"})
    assert (changed.status, changed.json["name"], changed.json["max_ram"]) == (200, "new", "4096")
    assert patch(three_images, "new", {"op": "replace", "path": "/name", "value": "a/b"}).code == "IMG.0003"
    assert patch(three_images, "new", {"op": "replace", "path": "/owner", "value": "me"}).code == "IMG.0001"
    assert patch(three_images, "new", {"op": "remove", "path": "/name"}).code == "IMG.0035"
    assert patch(three_images, "new", {"op": "replace", "path": "/min_disk", "value": "big"}).code == "IMG.0055"


def test_an_image_is_shown_and_deleted_by_id(three_images: SimulatedIms) -> None:
    path = f"/v2/images/{image_id(three_images, 'a')}"
    assert three_images.call("GET", path).json["name"] == "a"
    assert three_images.call("DELETE", path).status == 204
    assert (three_images.call("GET", path).status, three_images.call("GET", path).code) == (404, "IMG.0027")
    assert three_images.call("DELETE", path).status == 404
    assert names(three_images) == ["c", "b"]


def test_a_deleted_image_is_still_shown_for_the_delete_delay(make_ims: MakeIms) -> None:
    ims = make_ims(ims_delete_delay=60)
    ims.outcome()
    path = f"/v2/images/{ims.images()[0]['id']}"
    assert ims.call("DELETE", path).status == 204
    assert [image["status"] for image in ims.images()] == ["deleted"]
    assert ims.call("DELETE", path).status == 204
    ims.wait(61)
    assert ims.images() == []


def test_a_protected_or_importing_image_cannot_be_deleted(make_ims: MakeIms) -> None:
    ims = make_ims(ims_shows_imports=True)
    ims.submit()
    path = f"/v2/images/{ims.images()[0]['id']}"
    assert ims.call("DELETE", path).code == "IMG.0090"
    assert ims.call("PATCH", path.replace("images", "cloudimages"), []).code == "IMG.0121"
    ims.wait()
    patch(ims, "server", {"op": "replace", "path": "/protected", "value": "true"})
    assert ims.call("DELETE", path).code == "IMG.0091"


def test_a_hidden_import_is_not_found_by_id(ims: SimulatedIms) -> None:
    ims.submit()
    hidden = ims.service.state()["images"][0]["id"]
    assert ims.call("GET", f"/v2/images/{hidden}").status == 404
    assert ims.call("POST", f"/v2/{PROJECT}/images/{hidden}/tags", {"tag": {"key": "a"}}).status == 404


@pytest.mark.parametrize(
    ("switches", "query", "has", "lacks"),
    [
        ({}, [], "Windows Server 2022 Standard 64bit", "Windows 11"),
        ({"ims_os_list": "2022"}, [], "Windows Server 2019 Standard 64bit", "Windows Server 2022 Standard 64bit"),
        ({}, [("tag", "uefi")], "Windows 10 64bit", "Windows Server 2008 R2 WEB 64bit"),
        ({"ims_refuses_windows": True}, [], "CentOS 7.9 64bit", "Windows 10 64bit"),
    ],
)
def test_list_os_versions_shows_those_of_the_region(
    make_ims: MakeIms, switches: dict[str, Any], query: list[tuple[str, str]], has: str, lacks: str
) -> None:
    groups = make_ims(**switches).call("GET", "/v1/cloudimages/os_version", query=query).json
    listed = {version["os_version"]: version for group in groups for version in group["version_list"]}
    assert has in listed
    assert lacks not in listed
    assert listed[has]["os_bit"] == 64
