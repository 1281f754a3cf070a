"""Connects to OBS, and to the ledger and the queues of a stack that runs here or of a deployment.

Order: `--folder`, `IMAGEDROP_FOLDER`, other environment variables, then the stack in `./.imagedrop`.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from imagedrop.adapters.secrets import HuaweiKeys, check_key
from imagedrop.ports import ObjectsRefused, ObjectsUnavailable
from imagedrop.settings import Settings, SettingsError
from imagedrop_cli.options import FOLDER, check_bucket_name
from imagedrop_cli.output import CommandError, InputError, sleep

if TYPE_CHECKING:
    from imagedrop.adapters.obs.objects import ObsObjects

DEFAULT_FOLDER = Path(".imagedrop")
KEY_NAMES = (
    ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
)
OBS_NAMES = ("IMAGEDROP_OBS_ENDPOINT", "IMAGEDROP_REGION", "HUAWEICLOUD_SDK_AK")


def running_stack(folder: Path | None) -> dict[str, Any] | None:
    """The addresses of the stack that runs in this folder, default `./.imagedrop`. None if none runs in the default.

    Raises CommandError if none runs in a folder that was given.
    """
    from imagedrop_local import addresses

    found = addresses.read(folder or DEFAULT_FOLDER)
    if found is None and folder is not None:
        raise InputError(f"no stack runs in {folder}: start one with `imagedrop up --folder {folder}`")
    return found


class ObsConnection:
    """`settings`: endpoint, region and bucket; `objects`: the port that the core reads and writes OBS through."""

    def __init__(self, settings: Settings, keys: HuaweiKeys) -> None:
        self.settings, self.keys = settings, keys

    @property
    def objects(self) -> ObsObjects:
        import random

        from imagedrop.adapters.calls import Calls
        from imagedrop.adapters.obs.objects import ObsObjects

        return ObsObjects(self.client(), Calls(sleep, random.Random()))  # noqa: S311 - jitter

    def client(self) -> Any:
        """boto3's S3 client, for uploads."""
        from imagedrop.adapters.obs.client import obs_client

        return obs_client(self.settings, lambda: self.keys)


def obs(folder: Path | None, environment: Mapping[str, str] = os.environ) -> ObsConnection:
    """Raises CommandError if region, endpoint or keys are missing."""
    configured = any(environment.get(name) for name in OBS_NAMES)
    running = None if configured and folder is None else running_stack(folder)
    if running is not None:
        return obs_of_stack(running, environment)
    if not configured:
        raise InputError(
            "OBS is not configured: set IMAGEDROP_REGION (or IMAGEDROP_OBS_ENDPOINT), HUAWEICLOUD_SDK_AK and\n"
            "HUAWEICLOUD_SDK_SK, or start a local stack with `imagedrop up`"
        )
    found = read_settings(environment)
    if not (found.region or found.obs_endpoint):
        raise InputError("the OBS region is missing: set IMAGEDROP_REGION or IMAGEDROP_OBS_ENDPOINT")
    if not environment.get("IMAGEDROP_OBS_ADDRESSING") and is_ip_address(urlsplit(found.obs_url()).hostname or ""):
        found = found.model_copy(update={"obs_addressing": "path"})  # an IP address has no subdomains
    return ObsConnection(found, read_keys(environment))


def is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def obs_of_stack(running: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> ObsConnection:
    """The OBS that a running stack uses. `running`: its addresses."""
    addresses = running["obs"]
    variables = {
        "IMAGEDROP_REGION": addresses["region"],
        "IMAGEDROP_OBS_ENDPOINT": addresses["endpoint"],
        "IMAGEDROP_OBS_ADDRESSING": addresses["addressing"],
        "IMAGEDROP_DROP_BUCKET": addresses["bucket"],
    }
    simulated = "access_key" in addresses
    keys = HuaweiKeys(addresses["access_key"], addresses["secret_key"]) if simulated else read_keys(environment)
    return ObsConnection(read_settings(variables), keys)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Treats IMS's declarations as accepted: only a deployment has to accept them."""
    variables = {name: value for name, value in environment.items() if name != FOLDER}
    try:
        return Settings.read({"IMAGEDROP_DECLARATIONS_ACCEPTED": "true", **variables})
    except SettingsError as error:
        raise InputError(str(error)) from None


@contextmanager
def obs_errors_as(kind: type[CommandError]) -> Iterator[None]:
    """Turns an error of OBS into a CommandError of this kind."""
    try:
        yield
    except ObjectsRefused as error:
        raise kind(f"OBS refused the request: {error}") from None
    except ObjectsUnavailable as error:
        raise kind(f"OBS is unavailable: {error}") from None


def read_keys(environment: Mapping[str, str]) -> HuaweiKeys:
    for ak, sk, token in KEY_NAMES:
        if environment.get(ak) and environment.get(sk):
            try:
                for name in (ak, sk, token):
                    check_key(name, environment.get(name, ""))
            except SettingsError as error:
                raise InputError(str(error)) from None
            return HuaweiKeys(environment[ak], environment[sk], environment.get(token) or None)
    raise InputError(
        "the OBS keys are missing: set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK,\n"
        "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )


def is_url(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


def is_remote(address: str) -> bool:
    return is_url(address) or address.startswith("obs://")


def split_obs_url(address: str) -> tuple[str, str] | None:
    """(bucket, key) of `obs://bucket/key`; None for anything else. Raises CommandError if bucket or key is missing."""
    if not address.startswith("obs://"):
        return None
    bucket, _, key = address.removeprefix("obs://").partition("/")
    if not bucket or not key:
        raise InputError(f"{address} is not an object: write obs://bucket/key, as in obs://drops/golden/disk.vhd")
    return check_bucket_name(bucket), key


@contextmanager
def function_environment(function: str, folder: Path | None, stack: str = "") -> Iterator[None]:
    """Inside, the process has the environment variables of a function: those of the stack on AWS, of the one that runs
    here, or its own. Raises CommandError."""
    before = dict(os.environ)
    if stack:
        if folder is not None:
            raise InputError("use --stack or --folder, not both")
        try:
            _use_variables_of_deployment(stack, function)
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
        return
    configured = any(os.environ.get(name) for name in ("IMAGEDROP_LEDGER_TABLE", "IMAGEDROP_DROPS_QUEUE"))
    running = None if configured and folder is None else running_stack(folder)
    if running is None and not configured:
        raise InputError(
            "the ledger is not configured: start a local stack with `imagedrop up`, or set the functions' variables\n"
            "(IMAGEDROP_LEDGER_TABLE, IMAGEDROP_DROPS_QUEUE and so on, see docs/settings.md)"
        )
    try:
        os.environ.pop(FOLDER, None)
        if running is not None:
            _use_variables_of(running["aws"], function)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _use_variables_of_deployment(stack: str, function: str) -> None:
    """Keeps AWS's own variables: they say which account and region."""
    from imagedrop_cli.deployment import deployment

    variables = deployment(stack).variables(function)
    for name in [name for name in os.environ if name.startswith("IMAGEDROP_")]:
        del os.environ[name]
    os.environ.update(variables)


def obs_of_deployment(stack: str) -> ObsConnection:
    """With the settings and the keys of a stack on AWS. Raises CommandError."""
    from imagedrop_cli.deployment import deployment

    found = deployment(stack)
    try:
        return ObsConnection(found.settings, found.keys())
    except SettingsError as error:
        raise CommandError(str(error)) from None


def _use_variables_of(aws: Mapping[str, Any], function: str) -> None:
    from imagedrop_local.stack.aws import Clients

    configuration = Clients(aws["endpoint"])("lambda").get_function_configuration(
        FunctionName=aws["functions"][function]
    )
    for variable in [name for name in os.environ if name.startswith(("IMAGEDROP_", "AWS_"))]:
        del os.environ[variable]
    os.environ.update(configuration["Environment"]["Variables"])
    os.environ.update(aws_environment(aws), AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)


def aws_environment(aws: Mapping[str, Any]) -> dict[str, str]:
    """The variables with which boto3, the AWS CLI and localstack-client use the stack."""
    return {
        "AWS_ENDPOINT_URL": aws["endpoint"],
        "AWS_REGION": aws["region"],
        "AWS_DEFAULT_REGION": aws["region"],
        "AWS_ACCESS_KEY_ID": aws["access_key"],
        "AWS_SECRET_ACCESS_KEY": aws["secret_key"],
    }
