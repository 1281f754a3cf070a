"""A deployed template.yaml, on AWS or in the stack that runs here: its outputs, settings and keys."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from imagedrop.adapters.secrets import HuaweiKeys, SmtpLogin
from imagedrop.settings import Settings, SettingsError
from imagedrop_cli.output import CommandError, InputError

LOG_SECONDS = 3600.0  # a probe takes less

Clients = Callable[[str], Any]  # name of the service -> client of boto3


def deployment(stack: str) -> Deployment:
    """In the account and region of AWS's own variables and files. Raises InputError if they name no region."""
    import boto3

    try:
        # Of the two variables, boto3 itself reads only AWS_DEFAULT_REGION.
        session = boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
    except BotoCoreError as error:
        raise InputError(f"AWS: {error}") from None
    if not session.region_name:
        raise InputError(f"the region of the stack {stack} is not known: set AWS_REGION, such as eu-central-1")
    return Deployment(cache(session.client), stack)


@dataclass(frozen=True)
class Deployment:
    """`name`: of the stack. Methods raise CommandError if AWS refuses or does not answer."""

    clients: Clients
    name: str

    @cached_property
    def stack(self) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self.clients("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                raise InputError(
                    f"AWS has no stack {self.name} in this account and region: check --stack and AWS_REGION"
                ) from None
            raise CommandError(f"AWS: {error}") from None
        except BotoCoreError as error:
            raise CommandError(f"AWS: {error}") from None
        return found

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        return {output["OutputKey"]: output["OutputValue"] for output in self.stack.get("Outputs", ())}

    @property
    def intake_url(self) -> str:
        """Empty for the stack that runs here, whose function URLs are reached through other addresses."""
        url = self.outputs.get("IntakeUrl", "")
        return "" if self.clients("cloudformation").meta.endpoint_url.startswith("http://") else url

    def variables(self, function: str) -> Mapping[str, str]:
        """The environment variables of a function, such as `validate`."""
        name = self.outputs.get(f"{function.capitalize()}Function")
        if name is None:
            raise InputError(f"the stack {self.name} has no function {function}: it is not a stack of template.yaml")
        found = self._call(lambda: self.clients("lambda").get_function_configuration(FunctionName=name))
        variables: Mapping[str, str] = found.get("Environment", {}).get("Variables", {})
        return variables

    @cached_property
    def settings(self) -> Settings:
        """Those of the function validate."""
        try:
            return Settings.read(self.variables("validate"))
        except SettingsError as error:
            raise CommandError(f"the settings of the stack {self.name}: {error}") from None

    def keys(self) -> HuaweiKeys:
        """From the secret that the functions use. Raises SettingsError."""
        return HuaweiKeys.parse(self.secret(self.settings.credentials))

    def smtp_login(self) -> SmtpLogin | None:
        secret = self.settings.smtp_credentials
        return SmtpLogin.parse(self.secret(secret)) if secret else None

    def secret(self, name: str) -> str:
        found: str = self._call(lambda: self.clients("secretsmanager").get_secret_value(SecretId=name))["SecretString"]
        return found

    @property
    def intake_log(self) -> str:
        """The log group. Raises BotoCoreError, ClientError."""
        function = self.outputs["IntakeFunction"]
        configuration = self.clients("lambda").get_function_configuration(FunctionName=function)
        return configuration.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function}"

    def logged_keys(self, text: str) -> list[str]:
        """The field `key` of the lines with this text in the log of the intake. Raises BotoCoreError, ClientError."""
        since = int((time.time() - LOG_SECONDS) * 1000)
        found = self.clients("logs").filter_log_events(
            logGroupName=self.intake_log, filterPattern=f'"{text}"', startTime=since
        )["events"]
        return [key for event in found if (key := _key_in(event["message"])) and text in key]

    def _call(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (BotoCoreError, ClientError) as error:
            raise CommandError(f"AWS: {error}") from None


def _key_in(line: str) -> str:
    try:
        found = json.loads(line[line.index("{") :])
    except ValueError:
        return ""
    return str(found.get("key", ""))
