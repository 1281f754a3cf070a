"""Where things are: OBS, the ledger and the queues; by the environment, or by the stack that runs on this machine.

A folder that is named (--folder, IMAGEDROP_FOLDER) is that stack's. Else the environment counts where it says anything,
and then the stack that runs on ./.imagedrop.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.ports import ObjectsRefused, ObjectsUnavailable
from imagedrop.settings import Settings, SettingsError
from imagedrop_cli.options import FOLDER, check_bucket_name
from imagedrop_cli.output import USAGE, CommandError, sleep

if TYPE_CHECKING:
    from imagedrop.adapters.obs.objects import ObsObjects

DEFAULT_FOLDER = Path(".imagedrop")
KEY_NAMES = (
    ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
)
OBS_NAMES = ("IMAGEDROP_OBS_ENDPOINT", "IMAGEDROP_REGION", "HUAWEICLOUD_SDK_AK")


def running_stack(folder: Path | None) -> dict[str, Any] | None:
    """The addresses of the stack on this folder; None where none runs there and none was named."""
    from imagedrop_local import addresses

    found = addresses.read(folder or DEFAULT_FOLDER)
    if found is None and folder is not None:
        raise CommandError(f"no stack runs on {folder}: start one with `imagedrop up --folder {folder}`", USAGE)
    return found


class ObsConnection:
    """OBS as the command line reaches it: `settings` say where, `objects` is the core's port."""

    def __init__(self, settings: Settings, keys: HuaweiKeys) -> None:
        self.settings, self.keys = settings, keys

    @property
    def objects(self) -> ObsObjects:
        import random

        from imagedrop.adapters.obs.objects import ObsObjects

        return ObsObjects(self.client(), sleep, random.Random())  # noqa: S311 - jitter

    def client(self) -> Any:
        """boto3's, for uploads."""
        from imagedrop.adapters.obs.objects import client_for

        return client_for(self.settings, lambda: self.keys)


def obs(folder: Path | None, environment: Mapping[str, str] = os.environ) -> ObsConnection:
    """Raises Stop where nothing says where OBS is or whose keys to use."""
    named = any(environment.get(name) for name in OBS_NAMES)
    running = None if named and folder is None else running_stack(folder)
    if running is not None:
        return obs_of_stack(running, environment)
    if not named:
        raise CommandError(
            "where is OBS? Set IMAGEDROP_REGION (or IMAGEDROP_OBS_ENDPOINT) and HUAWEICLOUD_SDK_AK and _SK,\n"
            "or start the local stack with `imagedrop up`",
            USAGE,
        )
    found = read_settings(environment)
    if not (found.region or found.obs_endpoint):
        raise CommandError("which region? Set IMAGEDROP_REGION, or IMAGEDROP_OBS_ENDPOINT", USAGE)
    if not environment.get("IMAGEDROP_OBS_ADDRESSING") and is_ip_address(urlsplit(found.obs_url()).hostname or ""):
        found = found.model_copy(update={"obs_addressing": "path"})  # a bucket cannot stand before an IP address
    return ObsConnection(found, read_keys(environment))


def is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def obs_of_stack(running: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> ObsConnection:
    """OBS as a running stack uses it."""
    place = running["obs"]
    given = {
        "IMAGEDROP_REGION": place["region"],
        "IMAGEDROP_OBS_ENDPOINT": place["endpoint"],
        "IMAGEDROP_OBS_ADDRESSING": place["addressing"],
        "IMAGEDROP_DROP_BUCKET": place["bucket"],
    }
    simulated = "access_key" in place
    theirs = HuaweiKeys(place["access_key"], place["secret_key"]) if simulated else read_keys(environment)
    return ObsConnection(read_settings(given), theirs)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Declarations are a deployment's to accept; they are not asked about here."""
    kept = {name: value for name, value in environment.items() if name != FOLDER}
    try:
        return Settings.read({"IMAGEDROP_DECLARATIONS_ACCEPTED": "true", **kept})
    except SettingsError as error:
        raise CommandError(str(error), USAGE) from None


@contextmanager
def obs_errors_as(code: int) -> Iterator[None]:
    """OBS's refusals and silences as one line, which ends the command with `code`."""
    try:
        yield
    except ObjectsRefused as error:
        raise CommandError(f"OBS refuses: {error}", code) from None
    except ObjectsUnavailable as error:
        raise CommandError(f"OBS does not answer as it should: {error}", code) from None


def read_keys(environment: Mapping[str, str]) -> HuaweiKeys:
    for ak, sk, token in KEY_NAMES:
        if environment.get(ak) and environment.get(sk):
            return HuaweiKeys(environment[ak], environment[sk], environment.get(token) or None)
    raise CommandError(
        "whose keys? Set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK (AWS_ACCESS_KEY_ID and so on do too)", USAGE
    )


def is_url(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


def is_remote(address: str) -> bool:
    return is_url(address) or address.startswith("obs://")


def split_obs_url(address: str) -> tuple[str, str] | None:
    """(bucket, key) of `obs://bucket/key`; None for a path. Raises Stop for half an address."""
    if not address.startswith("obs://"):
        return None
    bucket, _, key = address.removeprefix("obs://").partition("/")
    if not bucket or not key:
        raise CommandError(f"{address}: an object is named like obs://bucket/folder/disk.vhd", USAGE)
    return check_bucket_name(bucket), key


@contextmanager
def function_environment(function: str, folder: Path | None) -> Iterator[None]:
    """The process's environment is, inside, the one that a function has: in the stack that runs, else as given."""
    before = dict(os.environ)
    given = any(os.environ.get(name) for name in ("IMAGEDROP_LEDGER_TABLE", "IMAGEDROP_DROPS_QUEUE"))
    running = None if given and folder is None else running_stack(folder)
    if running is None and not given:
        raise CommandError(
            "where is the ledger? Start the local stack with `imagedrop up`, or set the functions' own variables\n"
            "(IMAGEDROP_LEDGER_TABLE, IMAGEDROP_DROPS_QUEUE and so on, docs/settings.md)",
            USAGE,
        )
    try:
        os.environ.pop(FOLDER, None)
        if running is not None:
            _take_on(running["aws"], function)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _take_on(aws: Mapping[str, Any], function: str) -> None:
    from imagedrop_local.stack.aws import Clients

    name = aws["functions"][function]
    found = Clients(aws["endpoint"])("lambda").get_function_configuration(FunctionName=name)
    for variable in [one for one in os.environ if one.startswith(("IMAGEDROP_", "AWS_"))]:
        del os.environ[variable]
    os.environ.update(found["Environment"]["Variables"])
    os.environ.update(aws_environment(aws), AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)


def aws_environment(aws: Mapping[str, Any]) -> dict[str, str]:
    """What makes boto3, the AWS CLI and localstack-client talk to the stack."""
    return {
        "AWS_ENDPOINT_URL": aws["endpoint"],
        "AWS_REGION": aws["region"],
        "AWS_DEFAULT_REGION": aws["region"],
        "AWS_ACCESS_KEY_ID": aws["access_key"],
        "AWS_SECRET_ACCESS_KEY": aws["secret_key"],
    }
