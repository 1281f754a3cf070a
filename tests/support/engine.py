"""What runs the deployed template under the end-to-end tests: the embedded stack, or a LocalStack."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import ClientError

from imagedrop_local.local_stack import LocalStack
from imagedrop_local.stack.deployed import NAME, Deployed


class Engine(Protocol):
    """`name`: `embedded` or `localstack`. `folder`, `bucket`, `addresses`: as of imagedrop_local's Machine."""

    name: str
    folder: Path
    bucket: str
    addresses: dict[str, Any]

    @property
    def stack(self) -> Deployed: ...

    def sweep(self) -> Any:
        """Runs the sweep once, now."""

    def redeploy(self, **settings: Any) -> None:
        """Deploys the template again, with these settings changed; returns when all functions have them."""


class Embedded(LocalStack):
    name = "embedded"

    def redeploy(self, **settings: Any) -> None:
        cloudformation = self.stack.client("cloudformation")
        parameters = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]["Parameters"]
        values = {item["ParameterKey"]: item["ParameterValue"] for item in parameters}
        values["Settings"] = json.dumps(json.loads(values["Settings"]) | settings)
        cloudformation.update_stack(
            StackName=NAME,
            UsePreviousTemplate=True,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        while (status := _status(cloudformation)).endswith("_IN_PROGRESS"):
            time.sleep(0.05)
        assert status == "UPDATE_COMPLETE", status


def _status(cloudformation: Any) -> str:
    status: str = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]["StackStatus"]
    return status


def resources(cloudformation: Any) -> list[dict[str, Any]]:
    """What the engine has made of the template; empty if there is no stack."""
    try:
        found: list[dict[str, Any]] = cloudformation.describe_stack_resources(StackName=NAME)["StackResources"]
    except ClientError as error:
        if "does not exist" in str(error):
            return []
        raise
    return found


def is_skipped(resource: Mapping[str, Any]) -> bool:
    """LocalStack reports a type that it does not know as created, with such an id."""
    return resource.get("PhysicalResourceId") in (None, "", "unknown")
