"""Calls of adapters without real waits."""

from __future__ import annotations

import random
from typing import Any

from imagedrop.adapters.aws import AwsClient
from imagedrop.adapters.calls import Calls
from imagedrop_local.memory import RecordedSleep


def quick_calls(sleep: RecordedSleep | None = None, **more: Any) -> Calls:
    """`more`: `time_left`, `reserve`, `clock`."""
    return Calls(sleep or RecordedSleep(), random.Random(1), **more)


def aws_client_of(client: Any, limit: float = 60.0) -> AwsClient:
    """`client`: of boto3, or a fake one."""
    return AwsClient(client, quick_calls(), limit)
