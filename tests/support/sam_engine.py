"""template.yaml, deployed with `sam deploy` to a LocalStack, whose functions run in containers and use simulators here.

Build it first: `sam build`.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import ClientError

from imagedrop_local import addresses, simulated_cloud
from imagedrop_local.cloud import Ports
from imagedrop_local.containers import bridge
from imagedrop_local.local_stack import WEBHOOK_SECRET
from imagedrop_local.project_paths import ROOT
from imagedrop_local.stack import aws, outputs, secrets
from imagedrop_local.stack.deployed import NAME
from imagedrop_local.stack.parameters import template_parameters
from tests.sam_local.sam import environment
from tests.support import function_url
from tests.support.engine import is_skipped, resources
from tests.support.sam_stack import SamStack

SWEEP_EVERY = "rate(1 day)"  # tests run the sweep themselves


class CannotDeploy(Exception):
    """The message says why."""


KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class SamEngine:
    """`with SamEngine(...) as engine`: an Engine. `sam`: the SAM CLI. `report`: gets lines with what took how long."""

    name = "localstack"

    def __init__(
        self,
        folder: Path,
        endpoint: str,
        sam: str,
        report: Callable[[str], None],
        *,
        time_scale: float,
        settings: Mapping[str, Any],
    ) -> None:
        self.folder, self.bucket, self.addresses = folder, simulated_cloud.BUCKET, dict[str, Any]()
        self.stack = SamStack(endpoint)
        self._sam, self._report, self._time_scale, self._settings = sam, report, time_scale, settings
        self._parameters = dict[str, str]()
        self._exit_stack = ExitStack()

    def __enter__(self) -> Self:
        self._refuse_a_stack_of_others()
        with self._exit_stack:
            self._start()
            self._exit_stack = self._exit_stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._exit_stack.close()

    def sweep(self) -> Any:
        return self.stack.invoke("sweep", {})

    def redeploy(self, **settings: Any) -> None:
        merged = json.loads(self._parameters["Settings"]) | settings
        self._deploy("sam deploy, again", {**self._parameters, "Settings": json.dumps(merged)})

    def schedule_sweep(self, expression: str) -> None:
        """LocalStack begins a schedule when a target is put, and never ends it: without a target it does nothing."""
        events, [rule] = self.stack.client("events"), self._made("AWS::Events::Rule")
        targets = events.list_targets_by_rule(Rule=rule)["Targets"]
        events.remove_targets(Rule=rule, Ids=[target["Id"] for target in targets])
        events.put_rule(Name=rule, ScheduleExpression=expression, State="ENABLED")
        events.put_targets(Rule=rule, Targets=targets)

    # --- steps ---------------------------------------------------------------------------------------------------

    def _refuse_a_stack_of_others(self) -> None:
        with contextlib.suppress(ClientError):
            self.stack.client("cloudformation").describe_stacks(StackName=NAME)
            raise CannotDeploy(
                f"{self.stack.endpoint} has a stack {NAME} already, which the tests would change. Delete it, or use "
                "another LocalStack."
            )

    def _start(self) -> None:
        exit_stack = self._exit_stack
        cloud = simulated_cloud.create_cloud(self.folder, Ports(), self._time_scale, address=bridge()).start()
        exit_stack.callback(cloud.stop)
        connection = simulated_cloud.connection_to(cloud, self.bucket)
        settings: dict[str, Any] = simulated_cloud.SETTINGS | connection.settings(self.bucket) | dict(self._settings)
        exit_stack.callback(self._delete, settings["mail_from"])
        self._parameters = self._prepare(settings, connection.secrets())
        self._deploy("sam deploy", self._parameters)
        if skipped := [item for item in resources(self.stack.client("cloudformation")) if is_skipped(item)]:
            names = ", ".join(f"{item['LogicalResourceId']} ({item['ResourceType']})" for item in skipped)
            raise CannotDeploy(f"LocalStack has skipped resources of the template: {names}")
        self.schedule_sweep(SWEEP_EVERY)
        self.stack.outputs = self._outputs()
        exit_stack.callback(self._write_logs)
        log = self.folder / "functions.log"
        simulated_cloud.connect_intake(
            cloud, self.bucket, "notification", self.stack.outputs.intake_url, WEBHOOK_SECRET, log
        )
        self.addresses = {
            "pid": os.getpid(),
            "folder": str(self.folder),
            "logs": str(log),
            "aws": asdict(self.stack.outputs),
            **connection.public(self.bucket),
        }
        addresses.write(self.folder, self.addresses)
        exit_stack.callback(addresses.remove, self.folder)

    def _prepare(self, settings: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, str]:
        """Makes what docs/deploy.md asks for before the deployment; returns the parameters of the template."""
        client = self.stack.client
        secrets.write_secret(client, secrets.WEBHOOK, WEBHOOK_SECRET)
        secrets.verify_sender(client, settings["mail_from"])
        arn = secrets.write_secret(client, secrets.HUAWEI, keys[secrets.HUAWEI])
        return template_parameters({**settings, "webhook_secret": secrets.WEBHOOK}, arn)

    def _deploy(self, what: str, parameters: Mapping[str, str]) -> None:
        begin = time.monotonic()
        overrides = [f"{key}={json.dumps(value)}" for key, value in parameters.items()]
        options = ["--stack-name", NAME, "--region", aws.REGION, "--no-confirm-changeset"]
        finished = subprocess.run(
            [self._sam, "deploy", *options, "--parameter-overrides", *overrides],
            cwd=ROOT,
            env=environment() | KEYS | {"AWS_ENDPOINT_URL": self.stack.endpoint},
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode:
            raise CannotDeploy(f"{what}: {finished.stdout[-3000:]}\n{finished.stderr[-3000:]}")
        self._report(f"{what}: {time.monotonic() - begin:.0f} s")

    def _outputs(self) -> outputs.Outputs:
        [stack] = self.stack.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
        found = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        urls = dict[str, str]()
        for name in ("intake", "status"):
            server = function_url.serve(name, self.stack.endpoint, found[f"{name.capitalize()}Url"])
            self._exit_stack.callback(server.stop)
            urls[name] = f"{server.url}/"
        return outputs.outputs(found, self.stack.endpoint, urls["intake"], urls["status"])

    def _made(self, kind: str) -> list[str]:
        """The names of the stack's resources of a type."""
        found = resources(self.stack.client("cloudformation"))
        return [item["PhysicalResourceId"] for item in found if item["ResourceType"] == kind and not is_skipped(item)]

    # --- the end -------------------------------------------------------------------------------------------------

    def _write_logs(self) -> None:
        """Into the test's folder, where the suite searches every log for secrets."""
        lines = [f"{line.function} {line.text.rstrip()}\n" for line in self.stack.logs()]
        (self.folder / "functions.log").write_text("".join(lines), "utf-8")

    def _delete(self, sender: str) -> None:
        client = self.stack.client
        begin, cloudformation = time.monotonic(), client("cloudformation")
        ledgers, functions = self._made("AWS::DynamoDB::Table"), self._made("AWS::Lambda::Function")
        cloudformation.delete_stack(StackName=NAME)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1})
        for ledger in ledgers:  # the template keeps it
            client("dynamodb").delete_table(TableName=ledger)
        for function in functions:
            with contextlib.suppress(client("logs").exceptions.ResourceNotFoundException):  # was never called
                client("logs").delete_log_group(logGroupName=f"/aws/lambda/{function}")
        for secret in (secrets.HUAWEI, secrets.WEBHOOK):
            client("secretsmanager").delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
        with contextlib.suppress(client("sesv2").exceptions.NotFoundException):
            client("sesv2").delete_email_identity(EmailIdentity=sender)
        self._report(f"delete the stack: {time.monotonic() - begin:.0f} s")
