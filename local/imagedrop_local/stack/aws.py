"""boto3 clients of the embedded stack. They use its address and keys, and ignore the user's ~/.aws."""

from __future__ import annotations

import os
import threading
from typing import Any

import boto3
import botocore.config
import botocore.session

REGION = "us-east-1"  # localstack-client's own default
KEY, SECRET = "test", "test"
ACCOUNT = "000000000000"

_lock = threading.Lock()  # boto3.Session.client is not thread-safe


class Clients:
    """One client per service, made at first use. Thread-safe."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}
        no_value = (None, None, os.devnull, None)
        session = botocore.session.Session(
            {"config_file": no_value, "credentials_file": no_value, "profile": (None, None, None, None)}
        )
        self._session = boto3.Session(KEY, SECRET, region_name=REGION, botocore_session=session)

    def __call__(self, service: str) -> Any:
        with _lock:
            if service not in self._clients:
                self._clients[service] = self._session.client(
                    service,
                    endpoint_url=self._endpoint,
                    config=botocore.config.Config(
                        retries={"max_attempts": 2}, read_timeout=910, s3={"addressing_style": "path"}
                    ),
                )
            return self._clients[service]
