"""Deploys template.yaml into ministack as `sam deploy` does on AWS: code to S3, then CloudFormation."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from samtranslator.yaml_helper import yaml_parse

from imagedrop_local.stack import bridge, package
from imagedrop_local.stack.aws import Clients
from imagedrop_local.stack.errors import StackError

BUCKET = "imagedrop-code"
_LIMIT = 60.0  # s, for an operation of CloudFormation
_UPDATABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


def read_project(source: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The template of the project in `source`, and a zip of each local folder that it refers to."""
    path = source / "template.yaml"
    if not path.is_file():
        raise StackError(
            f"{path} is missing: the local stack (`imagedrop demo`, `imagedrop up`) needs a checkout of the project "
            "and does not run from an installed package. Clone the repository and run `make demo` in it."
        )
    template: dict[str, Any] = yaml_parse(path.read_text(encoding="utf-8"))
    zips = {}
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if "CodeUri" in properties:
            zips[properties["CodeUri"]] = package.function(source / properties["CodeUri"])
        if "ContentUri" in properties:
            zips[properties["ContentUri"]] = package.layer(source / properties["ContentUri"])
    return template, zips


def deploy(
    clients: Clients,
    name: str,
    template: Mapping[str, Any],
    zips: Mapping[str, bytes],
    parameters: Mapping[str, str],
    sweep_every: int,
) -> dict[str, str]:
    """Creates or updates the stack; returns its outputs. Raises StackError with the failed resources."""
    unknown = parameters.keys() - template["Parameters"].keys()
    if unknown:
        raise StackError(f"template.yaml has no parameter {', '.join(sorted(unknown))}")
    addresses = _upload(clients("s3"), zips)
    request = {
        "StackName": name,
        "TemplateBody": json.dumps(bridge.adapt_template(template, addresses, sweep_every)),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    cloudformation = clients("cloudformation")
    state = _state(cloudformation, name)
    if state and state["StackStatus"] not in _UPDATABLE:
        cloudformation.delete_stack(StackName=name)
        state = _wait_while_in_progress(cloudformation, name)
    if state:
        _update(cloudformation, request)
    else:
        cloudformation.create_stack(**request)
    return _outputs(cloudformation, name)


def _upload(s3: Any, zips: Mapping[str, bytes]) -> dict[str, str]:
    s3.create_bucket(Bucket=BUCKET)
    keys = {folder: package.name(content) for folder, content in zips.items()}
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(s3.put_object, Bucket=BUCKET, Key=keys[at], Body=zips[at]) for at in zips]:
            done.result()
    return {folder: f"s3://{BUCKET}/{key}" for folder, key in keys.items()}


def _update(cloudformation: Any, request: Mapping[str, Any]) -> None:
    try:
        cloudformation.update_stack(**request)
    except ClientError as error:
        if "No updates" not in error.response["Error"]["Message"]:
            raise


def _outputs(cloudformation: Any, name: str) -> dict[str, str]:
    state = _wait_while_in_progress(cloudformation, name)
    if not state or state["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise StackError(f"template.yaml could not be deployed: {_reasons(cloudformation, name)}")
    return {output["OutputKey"]: output["OutputValue"] for output in state.get("Outputs", [])}


def _wait_while_in_progress(
    cloudformation: Any,
    name: str,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any] | None:
    end = clock() + _LIMIT
    while (state := _state(cloudformation, name)) and state["StackStatus"].endswith("_IN_PROGRESS"):
        if clock() > end:
            raise StackError(f"the stack is still {state['StackStatus']} after {_LIMIT:.0f} s")
        sleep(0.05)
    return state


def _state(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        state: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    return None if state["StackStatus"] == "DELETE_COMPLETE" else state


def _reasons(cloudformation: Any, name: str) -> str:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return "; ".join(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed[:5])
