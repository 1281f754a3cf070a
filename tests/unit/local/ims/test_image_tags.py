"""Tags of images: searches, changes and limits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.ims_client_helper import SimulatedIms
from tests.support.signed_requests import PROJECT
from tests.unit.local.ims.helpers import image_id, names


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
