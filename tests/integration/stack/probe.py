"""A function that does as its event says, and says what it got: stands in for all seven."""

import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3


def handler(event: Mapping[str, Any], context: object) -> Any:
    if "Records" in event:
        failed = [record["messageId"] for record in event["Records"] if not done(record)]
        return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}
    say("called", event={name: value for name, value in event.items() if name != "headers"})  # which are signed
    return ANSWERS[event.get("do", "echo")](event)


def done(record: Mapping[str, Any]) -> bool:
    order, count = json.loads(record["body"]), int(record["attributes"]["ApproximateReceiveCount"])
    say(order["case"], count=count, name=order.get("name"))
    if count > order.get("fails", 0):
        return True
    boto3.client("sqs").change_message_visibility(
        QueueUrl=os.environ[f"IMAGEDROP_{order['queue'].upper()}_QUEUE"],
        ReceiptHandle=record["receiptHandle"],
        VisibilityTimeout=order["seconds"],
    )
    return False


def say(case: str, **what: Any) -> None:
    """In the log, and in a file: on a busy machine ministack has a line only in the log of the call after."""
    line = json.dumps({"case": case, "at": time.time(), **what})
    print(line)
    with (Path(tempfile.gettempdir()).parent / "probes").open("a") as said:
        said.write(f"{line}\n")


def echo(event: Mapping[str, Any]) -> Any:
    return {"statusCode": 201, "headers": {"X-Probe": "yes"}, "body": json.dumps(event)}


def fail(event: Mapping[str, Any]) -> Any:
    raise ValueError("told to")


def look(event: Mapping[str, Any]) -> Any:
    import imagedrop

    secrets = boto3.client("secretsmanager")
    names = ("IMAGEDROP_CREDENTIALS", "IMAGEDROP_WEBHOOK_SECRET")
    return {
        "layer": imagedrop.__file__,
        "secrets": [secrets.get_secret_value(SecretId=os.environ[name])["SecretString"] for name in names],
        "environment": dict(os.environ),
    }


def stay(event: Mapping[str, Any]) -> Any:
    Path(event["mark"]).write_text(str(os.getpid()))
    time.sleep(event["seconds"])


ANSWERS = {"echo": echo, "fail": fail, "look": look, "stay": stay}
