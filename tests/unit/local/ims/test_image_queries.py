"""Finding, changing and deleting images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.ims_client_helper import Desk
from tests.support.signed_requests import PROJECT

MakeDesk = Callable[..., Desk]


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Images a, b and c, a minute apart, all active."""
    tags = {"a": {"team": "red"}, "b": {"team": "blue", "imagedrop": "x"}, "c": {}}
    for name, held in tags.items():
        desk.submit(name=name, image_tags=[{"key": key, "value": value} for key, value in held.items()])
        desk.wait(60)
    desk.wait()
    return desk


def names(desk: Desk, **query: str) -> list[str]:
    return [image["name"] for image in desk.images(**query)]


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
def test_list_images_filters_and_sorts(three: Desk, query: dict[str, str], found: str) -> None:
    assert "".join(names(three, **query)) == found


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
def test_a_filter_that_makes_no_sense_is_refused(three: Desk, query: dict[str, str]) -> None:
    answer = three.call("GET", "/v2/cloudimages", query=list(query.items()))
    assert (answer.status, answer.code) == (400, "IMG.0001")


def test_pages_follow_one_another_by_the_last_image(three: Desk) -> None:
    seen, marker = [], {}
    while page := three.images(limit="2", **marker):
        seen += [image["name"] for image in page]
        marker = {"marker": page[-1]["id"]}
    assert seen == ["c", "b", "a"]


def by_tags(desk: Desk, **body: Any) -> Any:
    return desk.call("POST", f"/v2/{PROJECT}/images/resource_instances/action", {"action": "filter", **body}).json


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
def test_images_are_found_by_tags(three: Desk, body: dict[str, Any], found: str) -> None:
    assert "".join(one["resource_name"] for one in by_tags(three, **body)["resources"]) == found


def test_images_are_counted_by_tags(three: Desk) -> None:
    assert by_tags(three, action="count", tags=[{"key": "team"}]) == {"total_count": 2}


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
def test_a_search_by_tags_that_makes_no_sense_is_refused(three: Desk, body: dict[str, Any]) -> None:
    assert by_tags(three, **body)["error"]["code"] == "IMG.0001"


def image_id(desk: Desk, name: str) -> str:
    return str(desk.images(name=name)[0]["id"])


def tags_of(desk: Desk, name: str) -> dict[str, str]:
    answer = desk.call("GET", f"/v2/{PROJECT}/images/{image_id(desk, name)}/tags").json
    return {tag["key"]: tag["value"] for tag in answer["tags"]}


def test_tags_are_added_changed_and_taken_away(three: Desk) -> None:
    path = f"/v2/{PROJECT}/images/{image_id(three, 'a')}/tags"
    assert three.call("POST", path, {"tag": {"key": "team", "value": "green"}}).status == 204
    more = {"action": "create", "tags": [{"key": "x", "value": "1"}, {"key": "中", "value": ""}]}
    for _ in range(2):
        assert three.call("POST", f"{path}/action", more).status == 204
    assert tags_of(three, "a") == {"team": "green", "x": "1", "中": ""}
    assert three.call("DELETE", f"{path}/中").status == 204
    assert three.call("DELETE", f"{path}/中").status == 404
    less = {"action": "delete", "tags": [{"key": "x"}, {"key": "never"}]}
    assert three.call("POST", f"{path}/action", less).status == 204
    assert tags_of(three, "a") == {"team": "green"}
    assert names(three, tag="team=green") == ["a"]
    everything = three.call("GET", f"/v2/{PROJECT}/images/tags").json["tags"]
    assert everything == [{"key": "imagedrop", "values": ["x"]}, {"key": "team", "values": ["blue", "green"]}]


def test_tags_keep_their_limits_when_they_are_added_later(three: Desk) -> None:
    path = f"/v2/{PROJECT}/images/{image_id(three, 'c')}/tags"
    ten = [{"key": f"k{n}", "value": ""} for n in range(10)]
    assert three.call("POST", f"{path}/action", {"action": "create", "tags": ten}).status == 204
    assert three.call("POST", path, {"tag": {"key": "eleven", "value": ""}}).code == "IMG.0116"
    assert three.call("POST", path, {"tag": {"key": "k1", "value": "v" * 44}}).code == "IMG.0115"
    assert three.call("POST", path, {}).code == "IMG.0115"
    assert three.call("POST", f"{path}/action", {"action": "swap", "tags": []}).code == "IMG.0001"


def test_the_older_calls_for_tags_take_text_or_a_pair(three: Desk) -> None:
    image, path = image_id(three, "c"), "/v1/cloudimages/tags"
    assert three.call("PUT", path, {"image_id": image, "tag": "team.green.dark"}).status == 204
    assert three.call("PUT", path, {"image_id": image, "image_tag": {"key": "x", "value": ""}}).status == 204
    assert tags_of(three, "c") == {"team": "green.dark", "x": ""}
    assert three.call("GET", path, query=[("id", image)]).json == {"tags": ["team=green.dark", "x="]}
    assert three.call("GET", path, query=[("limit", "1"), ("page", "1")]).json["tags"][0] == "imagedrop=x"
    both = {"image_id": image, "tag": "a.b", "image_tag": {"key": "c", "value": ""}}
    assert three.call("PUT", path, both).code == "IMG.0115"
    assert three.call("PUT", path, {"image_id": image}).code == "IMG.0115"
    assert three.call("PUT", path, {"image_id": image, "tag": "k." + "v" * 44}).code == "IMG.0115"
    assert three.call("PUT", path, {"tag": "a.b"}).status == 404


def test_openstacks_own_listing_links_to_the_next_page(three: Desk) -> None:
    first = three.call("GET", "/v2/images", query=[("limit", "2")]).json
    assert [image["name"] for image in first["images"]] == ["c", "b"]
    assert first["next"] == f"/v2/images?limit=2&marker={image_id(three, 'b')}"
    rest = three.call("GET", "/v2/images", query=[("limit", "2"), ("marker", image_id(three, "b"))]).json
    assert [image["name"] for image in rest["images"]] == ["a"]
    assert "next" not in rest


def test_openstacks_own_listing_has_25_images_a_page(desk: Desk) -> None:
    for number in range(26):
        desk.submit(name=str(number))
    desk.wait()
    assert len(desk.call("GET", "/v2/images").json["images"]) == 25
    assert len(desk.images()) == 26


@pytest.mark.parametrize("value", ["True", "true"])
def test_a_boolean_filter_is_read_in_either_case(three: Desk, value: str) -> None:
    assert names(three, __isregistered=value, protected="False") == ["c", "b", "a"]
    assert names(three, protected=value) == []


def patch(desk: Desk, name: str, *operations: dict[str, Any]) -> Any:
    return desk.call("PATCH", f"/v2/cloudimages/{image_id(desk, name)}", list(operations))


def test_an_image_is_changed_by_a_json_patch_or_not_at_all(three: Desk) -> None:
    good = {"op": "replace", "path": "/name", "value": "new"}
    assert patch(three, "a", good, {"op": "replace", "path": "/max_ram", "value": "1"}).code == "IMG.0035"
    assert names(three, name="new") == []
    changed = patch(three, "a", good, {"op": "add", "path": "/max_ram", "value": "4096"})
    assert (changed.status, changed.json["name"], changed.json["max_ram"]) == (200, "new", "4096")
    assert patch(three, "new", {"op": "replace", "path": "/name", "value": "a/b"}).code == "IMG.0003"
    assert patch(three, "new", {"op": "replace", "path": "/owner", "value": "me"}).code == "IMG.0001"
    assert patch(three, "new", {"op": "remove", "path": "/name"}).code == "IMG.0035"
    assert patch(three, "new", {"op": "replace", "path": "/min_disk", "value": "big"}).code == "IMG.0055"


def test_an_image_is_shown_and_deleted_by_its_id(three: Desk) -> None:
    path = f"/v2/images/{image_id(three, 'a')}"
    assert three.call("GET", path).json["name"] == "a"
    assert three.call("DELETE", path).status == 204
    assert (three.call("GET", path).status, three.call("GET", path).code) == (404, "IMG.0027")
    assert three.call("DELETE", path).status == 404
    assert names(three) == ["c", "b"]


def test_a_deleted_image_may_be_seen_a_little_longer(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_delete_delay=60)
    desk.outcome()
    path = f"/v2/images/{desk.images()[0]['id']}"
    assert desk.call("DELETE", path).status == 204
    assert [image["status"] for image in desk.images()] == ["deleted"]
    assert desk.call("DELETE", path).status == 204
    desk.wait(61)
    assert desk.images() == []


def test_an_image_that_is_protected_or_being_made_is_not_deleted(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_shows_imports=True)
    desk.submit()
    path = f"/v2/images/{desk.images()[0]['id']}"
    assert desk.call("DELETE", path).code == "IMG.0090"
    assert desk.call("PATCH", path.replace("images", "cloudimages"), []).code == "IMG.0121"
    desk.wait()
    patch(desk, "server", {"op": "replace", "path": "/protected", "value": "true"})
    assert desk.call("DELETE", path).code == "IMG.0091"


def test_a_hidden_import_cannot_be_reached_by_its_id(desk: Desk) -> None:
    desk.submit()
    hidden = desk.ims.state()["images"][0]["id"]
    assert desk.call("GET", f"/v2/images/{hidden}").status == 404
    assert desk.call("POST", f"/v2/{PROJECT}/images/{hidden}/tags", {"tag": {"key": "a"}}).status == 404


@pytest.mark.parametrize(
    ("switches", "query", "has", "lacks"),
    [
        ({}, [], "Windows Server 2022 Standard 64bit", "Windows 11"),
        ({"ims_os_list": "2022"}, [], "Windows Server 2019 Standard 64bit", "Windows Server 2022 Standard 64bit"),
        ({}, [("tag", "uefi")], "Windows 10 64bit", "Windows Server 2008 R2 WEB 64bit"),
        ({"ims_refuses_windows": True}, [], "CentOS 7.9 64bit", "Windows 10 64bit"),
    ],
)
def test_the_os_versions_are_those_of_the_region(
    make_desk: MakeDesk, switches: dict[str, Any], query: list[tuple[str, str]], has: str, lacks: str
) -> None:
    groups = make_desk(**switches).call("GET", "/v1/cloudimages/os_version", query=query).json
    listed = {version["os_version"]: version for group in groups for version in group["version_list"]}
    assert has in listed
    assert lacks not in listed
    assert listed[has]["os_bit"] == 64
