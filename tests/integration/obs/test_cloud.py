"""The three simulators together."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from imagedrop_local.cloud import Cloud, FolderInUse, Ports
from imagedrop_local.obs.model import EventRule
from tests.support.waiting import until

KEYS = ("AKTESTTESTTEST", "SKTESTTESTTESTTEST")


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    cloud = Cloud(tmp_path, credentials=KEYS, poll_interval=0.02).start()
    yield cloud
    cloud.stop()


@pytest.fixture
def endpoint() -> Iterator[Any]:
    """A web server that confirms its subscription and records the bodies it gets in `pushes`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.server.pushes.append(body)  # type: ignore[attr-defined]
            if "subscribe_url" in body:
                urllib.request.urlopen(body["subscribe_url"]).close()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.pushes = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def client(cloud: Cloud) -> Any:
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    return boto3.client(
        "s3",
        endpoint_url=cloud.urls["obs"],
        region_name="cn-north-4",
        aws_access_key_id=KEYS[0],
        aws_secret_access_key=KEYS[1],
        config=config,
    )


def request_json(url: str, method: str = "GET", body: bytes | None = None) -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, body, method=method)) as answer:
        return json.loads(answer.read())


def watch(cloud: Cloud, endpoint: Any) -> str:
    """Sends the events of a bucket to the endpoint; returns the topic's URN."""
    topic = cloud.smn.create_topic("drops")
    cloud.smn.subscribe(topic, "http", f"http://127.0.0.1:{endpoint.server_port}/")
    until(lambda: [item["status"] for item in cloud.state()["subscriptions"]] == ["confirmed"])
    info = cloud.store.create_bucket("drops")
    rule = EventRule(id="r", topic=topic, events=("ObjectCreated:*",))
    cloud.store.change_bucket(info.model_copy(update={"rules": (rule,)}))
    return topic


def test_a_put_and_a_copied_file_reach_the_subscriber(cloud: Cloud, endpoint: Any) -> None:
    topic = watch(cloud, endpoint)
    client(cloud).put_object(Bucket="drops", Key="put.vhd", Body=b"one")
    (cloud.folder / "obs" / "drops" / "copied.vhd").write_bytes(b"two")
    until(lambda: len(endpoint.pushes) == 3)
    pushes = [push for push in endpoint.pushes if push["type"] == "Notification"]
    keys = {json.loads(push["message"])["Records"][0]["obs"]["object"]["key"] for push in pushes}
    assert keys == {"put.vhd", "copied.vhd"}
    assert {push["topic_urn"] for push in pushes} == {topic}


def test_state_shows_the_content_and_calls_of_each_service(cloud: Cloud, endpoint: Any) -> None:
    watch(cloud, endpoint)
    client(cloud).put_object(Bucket="drops", Key="k", Body=b"one")
    for url in cloud.urls.values():
        state = request_json(f"{url}/_sim/state")
        assert [(bucket["name"], bucket["objects"]) for bucket in state["buckets"]] == [("drops", 1)]
        assert (state["images"], state["jobs"], len(state["topics"])) == ([], [], 1)
        assert state["calls"]["obs"] == {"PutObject": 1}


def test_faults_are_set_listed_and_cleared_over_http(cloud: Cloud) -> None:
    url = cloud.urls["smn"] + "/_sim/faults"
    fault = {"service": "obs", "call": "PutObject", "times": 1, "fault": "status", "status": 500}
    assert request_json(url, "POST", json.dumps(fault).encode())["faults"][0]["call"] == "PutObject"
    cloud.store.create_bucket("drops")
    with pytest.raises(ClientError, match="set at /_sim/faults"):
        client(cloud).put_object(Bucket="drops", Key="k", Body=b"")
    assert request_json(url)["faults"] == []
    request_json(url, "POST", json.dumps(fault).encode())
    assert request_json(url, "DELETE")["faults"] == []


def test_a_second_start_continues_from_the_state_of_the_first(tmp_path: Path, endpoint: Any) -> None:
    first = Cloud(tmp_path, credentials=KEYS).start()
    topic = watch(first, endpoint)
    client(first).put_object(Bucket="drops", Key="k", Body=b"one")
    ports = {name: int(url.rpartition(":")[2]) for name, url in first.urls.items()}
    first.stop()
    second = Cloud(tmp_path, credentials=KEYS, ports=Ports(**ports)).start()
    try:
        assert second.state()["topics"] == [topic]
        client(second).put_object(Bucket="drops", Key="l", Body=b"two")
        until(lambda: len(endpoint.pushes) == 3)
        assert second.state()["buckets"][0]["objects"] == 2
    finally:
        second.stop()


def test_a_second_cloud_on_the_same_folder_is_refused(cloud: Cloud) -> None:
    with pytest.raises(FolderInUse, match="already"):
        Cloud(cloud.folder, credentials=KEYS)


def test_the_error_of_a_port_in_use_names_the_port(cloud: Cloud, tmp_path: Path) -> None:
    used_port = int(cloud.urls["obs"].rpartition(":")[2])
    other = Cloud(tmp_path / "other", credentials=KEYS, ports=Ports(smn=used_port))
    with pytest.raises(OSError, match=f"smn cannot listen on 127.0.0.1:{used_port}"):
        other.start()
    assert other.urls == {}
    Cloud(tmp_path / "other", credentials=KEYS).start().stop()  # the folder is free again
