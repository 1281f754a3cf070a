"""The ledger and the queues, as `status` and `redrive` use them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from imagedrop.entry.runtime import Runtime
from imagedrop.ports import Ports
from imagedrop.settings import SettingsError
from imagedrop_cli import connections
from imagedrop_cli.output import CommandError, InputError


@contextmanager
def open_ports(folder: Path | None, stack: str = "") -> Iterator[Ports]:
    """The ports of the function `status`, for the ledger and the queues. Errors of AWS become CommandError."""
    with connections.function_environment("status", folder, stack):
        try:
            yield Runtime(os.environ).ports
        except SettingsError as error:
            raise InputError(str(error)) from None
        except (BotoCoreError, ClientError) as error:
            raise CommandError(f"AWS: {error}") from None


def bucket_and_key(key: str, ports: Ports) -> tuple[str, str]:
    """(bucket, key) of a drop that the user names by its key or by `obs://bucket/key`."""
    return connections.split_obs_url(key) or (ports.settings.drop_bucket, key)
