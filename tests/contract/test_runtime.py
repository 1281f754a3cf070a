"""The runtime of a function, from its environment, against ministack and the simulators."""

from __future__ import annotations

import json

import pytest

from imagedrop.entry.runtime import Runtime
from imagedrop_local.stack.aws import KEY, REGION, SECRET, Clients
from tests.contract.clouds import KEYS, Cloud, unique


@pytest.fixture
def runtime(aws: Clients, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    secret = aws("secretsmanager").create_secret(Name=unique("keys"), SecretString='{"ak": "old", "sk": "old"}')["ARN"]
    environment = {
        "AWS_ENDPOINT_URL": aws("sqs").meta.endpoint_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "IMAGEDROP_REGION": "cn-north-4",
        "IMAGEDROP_PROJECT_ID": cloud.settings().project_id,
        "IMAGEDROP_CREDENTIALS": secret,
        "IMAGEDROP_OBS_ENDPOINT": cloud.obs.url,
        "IMAGEDROP_OBS_ADDRESSING": "path",
        "IMAGEDROP_IMS_ENDPOINT": cloud.ims.url,
        "IMAGEDROP_POLLS_QUEUE": aws("sqs").create_queue(QueueName=unique("polls"))["QueueUrl"],
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Runtime(environment)


def test_rotated_keys_are_used_without_a_restart(runtime: Runtime, aws: Clients) -> None:
    assert runtime.huawei_keys().ak == "old"
    new = json.dumps({"ak": KEYS.ak, "sk": KEYS.sk})
    aws("secretsmanager").put_secret_value(SecretId=runtime.settings.credentials, SecretString=new)
    runtime.ports.objects.put("drops", "k", b"x")
    assert runtime.ports.objects.head("drops", "k") is not None
    assert list(runtime.ports.images.by_name("nothing")) == []


def test_messages_go_to_the_queue_of_the_environment(runtime: Runtime, aws: Clients) -> None:
    runtime.ports.queues.send("polls", {"drop_id": "d"})
    (message,) = aws("sqs").receive_message(QueueUrl=runtime.settings.polls_queue)["Messages"]
    assert json.loads(message["Body"]) == {"drop_id": "d"}
