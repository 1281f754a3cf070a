"""Ordinary AWS clients work with the stack."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from imagedrop_local.project_paths import NAMES, ROOT
from tests.support.cli import Cli
from tests.support.engine import Engine


def test_localstack_client_finds_queues_table_and_functions(local: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = local.addresses["aws"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws["endpoint"])
    from localstack_client.session import Session

    session = Session(region_name=aws["region"])
    assert set(aws["queues"].values()) <= set(session.client("sqs").list_queues()["QueueUrls"])
    assert aws["ledger_table"] in session.client("dynamodb").list_tables()["TableNames"]
    listed = session.client("lambda").list_functions()["Functions"]
    assert set(aws["functions"].values()) <= {function["FunctionName"] for function in listed}


def test_boto3_needs_only_the_endpoint(local: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = local.addresses["aws"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws["endpoint"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws["access_key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws["secret_key"])
    client = boto3.client("sqs", region_name=aws["region"])
    answer = client.get_queue_attributes(QueueUrl=aws["queues"]["polls"], AttributeNames=["All"])
    assert json.loads(answer["Attributes"]["RedrivePolicy"])["maxReceiveCount"] in (1000, "1000")


@pytest.mark.not_on_localstack("a function URL with AWS_IAM checks no signature and passes no identity")
def test_status_url_requires_a_signature(local: Engine) -> None:
    aws = local.addresses["aws"]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(aws["status_url"], timeout=10)
    request = AWSRequest("GET", aws["status_url"])
    SigV4Auth(Credentials(aws["access_key"], aws["secret_key"]), "lambda", aws["region"]).add_auth(request)
    signed = urllib.request.Request(aws["status_url"], headers=dict(request.headers))
    with urllib.request.urlopen(signed, timeout=10) as answer:
        assert isinstance(json.load(answer)["drops"], list)


@pytest.mark.parametrize("function", NAMES)
def test_invoke_runs_every_function_with_its_sample_events(cli: Cli, function: str) -> None:
    for sample in sorted((ROOT / "events").glob(f"{function}-*.json")):
        result = cli("invoke", function, sample)
        assert result.code == 0
        if sample.name != "intake-smn-push.json":  # signed with another key
            assert result.json.get("statusCode", 200) in (200, 404)  # 404: there is no such drop
            assert not result.json.get("batchItemFailures")
