"""A cloud that others reach at another address than 127.0.0.1, as containers do. On Linux 127.0.0.2 is this machine."""

from __future__ import annotations

import json
import socket
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from imagedrop_local import simulated_cloud, sockets
from imagedrop_local.cloud import Cloud, Ports
from tests.support.endpoint import Endpoint

OTHER = "127.0.0.2"


def cloud_at(address: str, folder: Path) -> Cloud:
    return simulated_cloud.create_cloud(folder, Ports(), 60, address=address)


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=20) as answer:
        body: bytes = answer.read()
    return body


def test_it_answers_at_both_addresses_and_names_the_other_one(tmp_path: Path) -> None:
    cloud = cloud_at(OTHER, tmp_path).start()
    try:
        urls = [urlsplit(url) for url in cloud.urls.values()]
        assert [url.hostname for url in urls] == [OTHER] * len(cloud.urls)
        for url in urls:
            for address in (OTHER, sockets.LOOPBACK):
                assert json.loads(get(f"http://{address}:{url.port}/_sim/state"))["topics"] == []
        connection = simulated_cloud.connection_to(cloud, "drops").settings("drops")
        origins = {connection[name] for name in ("smn_cert_origin", "smn_confirm_origin")}
        assert origins == {cloud.urls["smn"]}
        assert connection["obs_endpoint"] == cloud.urls["obs"]
    finally:
        cloud.stop()
    for url in urls:
        for address in (OTHER, sockets.LOOPBACK):
            with socket.socket() as probe:
                assert probe.connect_ex((address, url.port or 0)) != 0


def test_pushes_name_it_for_the_certificate_and_the_confirmation(tmp_path: Path) -> None:
    cloud = cloud_at(OTHER, tmp_path).start()
    try:
        with ExitStack() as stack:
            endpoint = Endpoint()
            stack.callback(endpoint.stop)
            topic = cloud.smn.create_topic("imagedrop")
            subscription = cloud.smn.subscribe(topic, "http", endpoint.url)
            [push] = endpoint.wait(1, "SubscriptionConfirmation")
            for field in ("signing_cert_url", "subscribe_url"):
                assert push.body[field].startswith(f"{cloud.urls['smn']}/"), field
            assert get(push.body["signing_cert_url"]).startswith(b"-----BEGIN CERTIFICATE-----")
            get(push.body["subscribe_url"])
            [found] = cloud.state()["subscriptions"]
            assert (found["subscription_urn"], found["status"]) == (subscription, "confirmed")
    finally:
        cloud.stop()


def test_an_address_of_another_machine_is_named_and_nothing_is_left_running(tmp_path: Path) -> None:
    cloud: Any = cloud_at("192.0.2.1", tmp_path)
    with pytest.raises(OSError, match=r"obs cannot listen on 192\.0\.2\.1:\d+: "):
        cloud.start()
    cloud_at(sockets.LOOPBACK, tmp_path).start().stop()  # the folder is not locked
