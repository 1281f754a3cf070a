"""What runs the deployed template under the end-to-end tests: the embedded stack, or a LocalStack."""

from __future__ import annotations

import json
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

    def schedule_sweep(self, expression: str) -> None:
        """Changes the schedule of the template."""


class Embedded(LocalStack):
    name = "embedded"

    def schedule_sweep(self, expression: str) -> None:
        events = self.stack.client("events")
        [rule] = events.list_rules()["Rules"]
        events.put_rule(Name=rule["Name"], ScheduleExpression=expression, State="ENABLED")

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
        cloudformation.get_waiter("stack_update_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1})


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
