"""Searches, changes and deletes images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.ims_client_helper import SimulatedIms
from tests.support.signed_requests import PROJECT

MakeIms = Callable[..., SimulatedIms]


@pytest.fixture
def three_images(ims: SimulatedIms) -> SimulatedIms:
    """Active images a, b and c, created a minute apart."""
    tags = {"a": {"team": "red"}, "b": {"team": "blue", "imagedrop": "x"}, "c": {}}
    for name, values in tags.items():
        ims.submit(name=name, image_tags=[{"key": key, "value": value} for key, value in values.items()])
        ims.wait(60)
    ims.wait()
    return ims


def names(ims: SimulatedIms, **query: str) -> list[str]:
    return [image["name"] for image in ims.images(**query)]


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


def by_tags(ims: SimulatedIms, **body: Any) -> Any:
    return ims.call("POST", f"/v2/{PROJECT}/images/resource_instances/action", {"action": "filter", **body}).json


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, "cba"),
        ({"tags": [{"key": "team", "values": ["red", "blue"]}]}, "ba"),
        ({"tags": [{"key": "team", "values": []}]}, "ba"),
        ({"tags": [{"key": "team", "values": ["blue"]}, {"key": "imagedrop", "values": ["y"]}]}, ""),
        ({"tags_any": [{"key": "team", "values": ["red"]}, {"key": "imagedrop", "values": ["x"]}]}, "ba"),
        ({"not_tags": [{"key": "team", "values": ["red"]}]}, "cb"),
        ({"not_tags_any": [{"key": "team", "values": ["red"]}, {"key": "imagedrop", "values": ["x"]}]}, "c"),
        ({"without_any_tag": True}, "c"),
        ({"matches": [{"key": "resource_name", "value": "a"}]}, "a"),
        ({"limit": "1", "offset": "1"}, "b"),
    ],
)
def test_list_image_by_tags_filters(three_images: SimulatedIms, body: dict[str, Any], found: str) -> None:
    assert "".join(resource["resource_name"] for resource in by_tags(three_images, **body)["resources"]) == found


def test_list_image_by_tags_counts(three_images: SimulatedIms) -> None:
    assert by_tags(three_images, action="count", tags=[{"key": "team"}]) == {"total_count": 2}


@pytest.mark.parametrize(
    "body",
    [
        {"action": "sort"},
        {"tags": [{"key": ""}]},
        {"tags": [{"key": str(n)} for n in range(11)]},
        {"tags": [{"key": "a", "values": [str(n) for n in range(11)]}]},
        {"matches": [{"key": "colour", "value": "red"}]},
        {"limit": "1001"},
    ],
)
def test_an_invalid_search_by_tags_is_refused(three_images: SimulatedIms, body: dict[str, Any]) -> None:
    assert by_tags(three_images, **body)["error"]["code"] == "IMG.0001"


def image_id(ims: SimulatedIms, name: str) -> str:
    return str(ims.images(name=name)[0]["id"])


def tags_of(ims: SimulatedIms, name: str) -> dict[str, str]:
    answer = ims.call("GET", f"/v2/{PROJECT}/images/{image_id(ims, name)}/tags").json
    return {tag["key"]: tag["value"] for tag in answer["tags"]}


def test_tags_are_added_changed_and_deleted(three_images: SimulatedIms) -> None:
    path = f"/v2/{PROJECT}/images/{image_id(three_images, 'a')}/tags"
    assert three_images.call("POST", path, {"tag": {"key": "team", "value": "green"}}).status == 204
    more = {"action": "create", "tags": [{"key": "x", "value": "1"}, {"key": "中", "value": ""}]}
    for _ in range(2):
        assert three_images.call("POST", f"{path}/action", more).status == 204
    assert tags_of(three_images, "a") == {"team": "green", "x": "1", "中": ""}
    assert three_images.call("DELETE", f"{path}/中").status == 204
    assert three_images.call("DELETE", f"{path}/中").status == 404
    less = {"action": "delete", "tags": [{"key": "x"}, {"key": "never"}]}
    assert three_images.call("POST", f"{path}/action", less).status == 204
    assert tags_of(three_images, "a") == {"team": "green"}
    assert names(three_images, tag="team=green") == ["a"]
    everything = three_images.call("GET", f"/v2/{PROJECT}/images/tags").json["tags"]
    assert everything == [{"key": "imagedrop", "values": ["x"]}, {"key": "team", "values": ["blue", "green"]}]


def test_tags_that_are_added_later_have_the_same_limits(three_images: SimulatedIms) -> None:
    path = f"/v2/{PROJECT}/images/{image_id(three_images, 'c')}/tags"
    ten = [{"key": f"k{n}", "value": ""} for n in range(10)]
    assert three_images.call("POST", f"{path}/action", {"action": "create", "tags": ten}).status == 204
    assert three_images.call("POST", path, {"tag": {"key": "eleven", "value": ""}}).code == "IMG.0116"
    assert three_images.call("POST", path, {"tag": {"key": "k1", "value": "v" * 44}}).code == "IMG.0115"
    assert three_images.call("POST", path, {}).code == "IMG.0115"
    assert three_images.call("POST", f"{path}/action", {"action": "swap", "tags": []}).code == "IMG.0001"


def test_create_or_update_tags_accepts_a_string_or_a_pair(three_images: SimulatedIms) -> None:
    image, path = image_id(three_images, "c"), "/v1/cloudimages/tags"
    assert three_images.call("PUT", path, {"image_id": image, "tag": "team.green.dark"}).status == 204
    assert three_images.call("PUT", path, {"image_id": image, "image_tag": {"key": "x", "value": ""}}).status == 204
    assert tags_of(three_images, "c") == {"team": "green.dark", "x": ""}
    assert three_images.call("GET", path, query=[("id", image)]).json == {"tags": ["team=green.dark", "x="]}
    assert three_images.call("GET", path, query=[("limit", "1"), ("page", "1")]).json["tags"][0] == "imagedrop=x"
    both = {"image_id": image, "tag": "a.b", "image_tag": {"key": "c", "value": ""}}
    assert three_images.call("PUT", path, both).code == "IMG.0115"
    assert three_images.call("PUT", path, {"image_id": image}).code == "IMG.0115"
    assert three_images.call("PUT", path, {"image_id": image, "tag": "k." + "v" * 44}).code == "IMG.0115"
    assert three_images.call("PUT", path, {"tag": "a.b"}).status == 404


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
