"""A function that does what its event says and records what it got. Stands in for all seven functions."""

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
        failed = [record["messageId"] for record in event["Records"] if not process(record)]
        return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}
    unsigned = {name: value for name, value in event.items() if name != "headers"}  # the headers have a signature
    write_record("called", event=unsigned)
    return ANSWERS[event.get("do", "echo")](event)


def process(record: Mapping[str, Any]) -> bool:
    message, count = json.loads(record["body"]), int(record["attributes"]["ApproximateReceiveCount"])
    write_record(message["case"], count=count, name=message.get("name"))
    if count > message.get("fails", 0):
        return True
    boto3.client("sqs").change_message_visibility(
        QueueUrl=os.environ[f"IMAGEDROP_{message['queue'].upper()}_QUEUE"],
        ReceiptHandle=record["receiptHandle"],
        VisibilityTimeout=message["seconds"],
    )
    return False


def write_record(case: str, **fields: Any) -> None:
    """Writes to the log and to a file: on a busy machine, ministack logs a line only with the next call."""
    line = json.dumps({"case": case, "at": time.time(), **fields})
    print(line)
    with (Path(tempfile.gettempdir()).parent / "probes").open("a") as file:
        file.write(f"{line}\n")


def echo(event: Mapping[str, Any]) -> Any:
    return {"statusCode": 201, "headers": {"X-Probe": "yes"}, "body": json.dumps(event)}


def fail(event: Mapping[str, Any]) -> Any:
    raise ValueError("failed on request")


def inspect_environment(event: Mapping[str, Any]) -> Any:
    import imagedrop

    secrets = boto3.client("secretsmanager")
    settings = json.loads(os.environ["IMAGEDROP_SETTINGS"])
    names = (os.environ["IMAGEDROP_CREDENTIALS"], settings["webhook_secret"])
    return {
        "layer": imagedrop.__file__,
        "secrets": [secrets.get_secret_value(SecretId=name)["SecretString"] for name in names],
        "environment": dict(os.environ),
    }


def stay(event: Mapping[str, Any]) -> Any:
    Path(event["mark"]).write_text(str(os.getpid()))
    time.sleep(event["seconds"])


ANSWERS = {"echo": echo, "fail": fail, "inspect": inspect_environment, "stay": stay}
