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
from imagedrop_cli.output import BAD, USAGE, Stop


@contextmanager
def desk(folder: Path | None) -> Iterator[Ports]:
    """What AWS refuses, or does not answer, becomes one line."""
    with connections.deployed("status", folder):
        try:
            yield Runtime(os.environ).ports
        except SettingsError as error:
            raise Stop(str(error), USAGE) from None
        except (BotoCoreError, ClientError) as error:
            raise Stop(f"AWS: {error}", BAD) from None


def address(key: str, ports: Ports) -> tuple[str, str]:
    """(bucket, key) of what the user calls a drop: its key, or `obs://bucket/key`."""
    return connections.split(key) or (ports.settings.drop_bucket, key)
