"""Clients other than Huawei's SDK: request bodies of Terraform's provider, and other ways to send HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.support import tiny_disks as disks
from tests.support.raw_client import RawClient
from tests.support.signed_requests import PROJECT

SERVER = "Windows Server 2022 Datacenter 64bit"
SYSTEM, QUICK, DATA = (
    "/v2/cloudimages/action",
    "/v2/cloudimages/quickimport/action",
    "/v1/cloudimages/dataimages/action",
)


@pytest.fixture
def client(region: Any) -> Iterator[RawClient]:
    imported = RawClient(region.server.url)
    yield imported
    imported.close()


def imported(region: Any, client: RawClient, path: str, body: dict[str, Any]) -> Any:
    """The image of a resource: polls the job by project and reads the image by id, as Terraform does."""
    accepted = client.call("POST", path, body)
    assert accepted.status == 200, accepted.body
    region.wait()
    job = client.call("GET", f"/v1/{PROJECT}/jobs/{accepted.json['job_id']}").json
    assert job["status"] == "SUCCESS", job
    return read(client, job["entities"]["image_id"])[0]


def read(client: RawClient, image_id: str) -> Any:
    return client.call("GET", "/v2/cloudimages", query=[("id", image_id)]).json["images"]


TAGS = [{"key": "foo", "value": "bar"}, {"key": "empty", "value": ""}]
# The request body of each resource. An OBS system image omits empty fields; the others send empty description and tags.
RESOURCES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "obs_system_image, least": (
        SYSTEM,
        {"name": "tf", "image_url": "drops:disk.qcow2", "min_disk": 60},
        {"__os_type": "Other", "virtual_env_type": "FusionCompute", "min_disk": 60},
    ),
    "obs_system_image, most": (
        SYSTEM,
        {
            "name": "tf",
            "description": "created by Terraform",
            "os_type": "Windows",
            "os_version": SERVER,
            "image_url": "drops:disk.qcow2",
            "min_disk": 60,
            "is_config": True,
            "cmk_id": "11111111-2222-3333-4444-555555555555",
            "image_tags": TAGS,
            "type": "ECS",
            "max_ram": 4096,
            "min_ram": 1024,
            "architecture": "x86",
            "enterprise_project_id": "0",
        },
        {
            "__os_version": SERVER,
            "__description": "created by Terraform",
            "max_ram": "4096",
            "min_ram": 1024,
            "__system__cmkid": "11111111-2222-3333-4444-555555555555",
            "tags": ["foo=bar", "empty="],
        },
    ),
    "obs_system_image, fast": (
        SYSTEM,
        {
            "name": "tf",
            "os_version": SERVER,
            "image_url": "drops:disk.zvhd2",
            "min_disk": 60,
            "is_quick_import": True,
        },
        {"__os_version": SERVER, "__lazyloading": "true"},
    ),
    "obs_iso_image": (
        SYSTEM,
        {"name": "tf", "image_url": "drops:disk.iso", "min_disk": 60, "os_version": SERVER, "type": "IsoImage"},
        {"virtual_env_type": "IsoImage"},
    ),
    "obs_data_image": (
        DATA,
        {"name": "tf", "image_url": "drops:disk.qcow2", "min_disk": 60, "description": "", "image_tags": []},
        {"__os_type": "Linux", "virtual_env_type": "DataImage", "__description": "", "tags": []},
    ),
    "quickimport_system_image": (
        QUICK,
        {
            "name": "tf",
            "os_version": SERVER,
            "image_url": "drops:disk.zvhd2",
            "min_disk": 60,
            "description": "",
            "hw_firmware_type": "uefi",
            "type": "ECS",
            "architecture": "x86",
            "license_type": "byol",
            "image_tags": TAGS,
        },
        {"hw_firmware_type": "uefi", "__os_type": "Windows", "tags": ["foo=bar", "empty="]},
    ),
    "quickimport_data_image": (
        QUICK,
        {
            "name": "tf",
            "image_url": "drops:disk.zvhd2",
            "min_disk": 60,
            "type": "DataImage",
            "description": "",
            "os_type": "Windows",
            "image_tags": [],
        },
        {"__os_type": "Windows", "virtual_env_type": "DataImage"},
    ),
}


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_terraform_resource_becomes_an_image_with_the_requested_attributes(
    region: Any, client: RawClient, resource: str
) -> None:
    path, body, expected = RESOURCES[resource]
    region.store.put("drops", "disk.zvhd2", b"content")
    region.store.put("drops", "disk.iso", bytes(0x8001) + b"CD001".ljust(1024))
    image = imported(region, client, path, body)
    assert {name: image.get(name) for name in expected} == expected
    assert image["__data_origin"].split(",") == ["file", body["image_url"]]
    assert (image["name"], image["status"], image["active_at"][-1]) == ("tf", "active", "Z")


def test_terraform_updates_an_image_and_waits_for_its_deletion(
    make_region: Callable[..., Any],
) -> None:
    region = make_region(ims_delete_delay=60)
    client = RawClient(region.server.url)
    image = imported(region, client, *RESOURCES["obs_data_image"][:2])
    path = f"/v2/cloudimages/{image['id']}"
    for name, value in (("name", "new"), ("__description", "better")):
        changed = client.call("PATCH", path, [{"op": "replace", "path": f"/{name}", "value": value}])
        assert (changed.status, changed.json[name]) == (200, value)
    # The image has no max_ram yet: replace is refused, then Terraform tries add.
    refused = client.call("PATCH", path, [{"op": "replace", "path": "/max_ram", "value": "2048"}])
    assert refused.json["error"]["code"] == "IMG.0035"
    assert client.call("PATCH", path, [{"op": "add", "path": "/max_ram", "value": "2048"}]).status == 200
    tags = f"/v2/{PROJECT}/images/{image['id']}/tags"
    assert client.call("POST", f"{tags}/action", {"action": "create", "tags": TAGS}).status == 204
    assert client.call("GET", tags).json["tags"] == TAGS
    assert client.call("POST", f"{tags}/action", {"action": "delete", "tags": TAGS[:1]}).status == 204
    assert [tag["key"] for tag in client.call("GET", tags).json["tags"]] == ["empty"]
    assert client.call("DELETE", f"/v2/images/{image['id']}").status == 204
    assert [item["status"] for item in read(client, image["id"])] == ["deleted"]
    region.now += timedelta(minutes=2)
    assert read(client, image["id"]) == []
    client.close()


def test_a_terraform_data_source_filters_and_pages_images(region: Any, client: RawClient) -> None:
    for number in range(5):
        body = {"name": f"n{number}", "image_url": "drops:disk.qcow2", "min_disk": 40, "image_tags": TAGS[:1]}
        assert client.call("POST", SYSTEM, body).status == 200
    region.wait()
    query = [("__imagetype", "private"), ("__isregistered", "true"), ("owner", PROJECT), ("tag", "foo=bar")]
    query += [("sort_key", "name"), ("sort_dir", "asc"), ("limit", "2")]
    found: list[str] = []
    marker: list[tuple[str, str]] = []
    while page := client.call("GET", "/v2/cloudimages", query=[*query, *marker]).json["images"]:
        found += [image["name"] for image in page]
        marker = [("marker", page[-1]["id"])]
    assert found == [f"n{number}" for number in range(5)]
    first_page = client.call(
        "GET", "/v2/images", query=[("limit", "2"), ("sort_key", "name"), ("sort_dir", "asc")]
    ).json
    next_page = client.call("GET", "/v2/images", query=_pairs(first_page["next"])).json
    assert [image["name"] for image in (*first_page["images"], *next_page["images"])] == ["n0", "n1", "n2", "n3"]


def _pairs(link: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (part.partition("=") for part in link.partition("?")[2].split("&"))]


def create_body(name: str = "odd") -> bytes:
    return json.dumps({"name": name, "image_url": "drops:disk.qcow2", "min_disk": 40}).encode()


def test_the_order_and_case_of_headers_do_not_matter(client: RawClient) -> None:
    headers = client.headers(
        "POST", SYSTEM, (), create_body(), hashed=True, content_type="application/json;charset=utf8"
    )
    length = ("CONTENT-LENGTH", str(len(create_body())))
    upper = [(name.upper(), value) for name, value in headers.items()]
    lower = [(name.lower(), value) for name, value in reversed(headers.items())]
    for sent in ([*upper, length], [length, *lower]):
        assert client.send("POST", SYSTEM, (), sent, create_body()).status == 200


def test_spaces_in_authorization_are_optional(client: RawClient) -> None:
    headers = client.headers("GET", "/v2/cloudimages")
    headers["Authorization"] = headers["Authorization"].replace(", ", ",")
    assert client.send("GET", "/v2/cloudimages", (), headers.items(), b"").status == 200


def test_a_query_may_be_sent_in_any_order(client: RawClient) -> None:
    query = [("name", "a b+ü"), ("limit", "1"), ("__imagetype", "private")]
    headers = client.headers("GET", "/v2/cloudimages", query)
    for sent in (query, query[::-1]):
        assert client.send("GET", "/v2/cloudimages", sent, headers.items(), b"").status == 200
    assert client.send("GET", "/v2/cloudimages", query[1:], headers.items(), b"").status == 401


def test_a_chunked_body_is_accepted(client: RawClient) -> None:
    headers = client.headers("POST", SYSTEM, (), create_body("in chunks"))
    answer = client.send(
        "POST", SYSTEM, (), [*headers.items(), ("Transfer-Encoding", "chunked")], create_body("in chunks")
    )
    assert answer.status == 200, answer.body


def test_one_connection_handles_successful_and_failed_calls(region: Any, client: RawClient) -> None:
    statuses = [
        client.call("POST", SYSTEM, json.loads(create_body())).status,
        client.call("POST", SYSTEM, {}).status,
        client.call("GET", "/v2/nothing").status,
        client.call("GET", "/v2/cloudimages", at=region.now - timedelta(minutes=20)).status,
        client.call("DELETE", "/v2/images/none").status,
        client.call("GET", "/v2/cloudimages").status,
    ]
    assert statuses == [200, 400, 404, 401, 404, 200]


@pytest.mark.parametrize("method", ["HEAD", "PUT", "OPTIONS"])
def test_an_unsupported_method_is_answered_with_404_and_the_connection_stays_open(
    client: RawClient, method: str
) -> None:
    answer = client.call(method, "/v2/cloudimages")
    assert answer.status == 404
    assert (answer.body == b"") == (method == "HEAD")
    assert client.call("GET", "/v2/cloudimages").status == 200


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_more_than_15_minutes_off_in_either_direction_is_refused(
    region: Any, client: RawClient, minutes: int
) -> None:
    far = client.call("GET", "/v2/cloudimages", at=region.now + timedelta(minutes=minutes))
    assert (far.status, far.json["error_code"]) == (401, "APIGW.0301")
    close = client.call("GET", "/v2/cloudimages", at=region.now + timedelta(minutes=minutes - minutes // 8))
    assert close.status == 200


def test_a_security_token_is_part_of_the_signature(client: RawClient) -> None:
    headers = client.headers("GET", "/v2/cloudimages", x_security_token="temporary")
    assert client.send("GET", "/v2/cloudimages", (), headers.items(), b"").status == 200
    headers["x-security-token"] = "another"
    assert client.send("GET", "/v2/cloudimages", (), headers.items(), b"").status == 401


def test_a_bad_disk_fails_with_a_reason_in_both_job_calls(region: Any, client: RawClient) -> None:
    region.store.put("drops", "bad.vhd", disks.vhd(40 * disks.GIB, kind=4))
    accepted = client.call("POST", SYSTEM, {"name": "tf", "image_url": "drops:bad.vhd", "min_disk": 60}).json
    region.wait()
    for path in (f"/v1/{PROJECT}/jobs/", "/v1/cloudimages/job/"):
        job = client.call("GET", path + accepted["job_id"]).json
        assert (job["status"], job["error_code"]) == ("FAIL", "IMG.0072")
        assert "differencing" in job["fail_reason"]
