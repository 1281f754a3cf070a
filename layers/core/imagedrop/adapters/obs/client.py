"""boto3's S3 client, configured for OBS where OBS differs from S3 (OBS: S3 API reference).

* OBS refuses path style on its own domain names; other names may need it.
* OBS refuses a body with a checksum trailer or, worse, stores it with the chunk framing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver, Credentials, ReadOnlyCredentials
from botocore.utils import parse_timestamp

from imagedrop.adapters.aws import limited, new_session
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.adapters.time_limits import CONNECT_TIMEOUT
from imagedrop.settings import Settings

READ_TIMEOUT = 60  # s without progress, for an upload whose call has a longer limit (calls.py)


def obs_client(settings: Settings, keys: Callable[[], HuaweiKeys], connections: int = 16) -> Any:
    """boto3's S3 client for OBS. Calls `keys` for every request, so a long-running process uses rotated keys."""
    session = new_session()
    session.register_component("credential_provider", CredentialResolver([_Provider(keys)]))
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_parse_timestamp)
    client = boto3.Session(botocore_session=session).client(
        "s3",
        region_name=settings.region or "region",
        endpoint_url=settings.obs_url(),
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": settings.obs_addressing},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"total_max_attempts": 1},  # ObsObjects repeats what does no harm
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            max_pool_connections=connections,
        ),
    )
    return limited(client)


def _parse_timestamp(value: Any) -> datetime:
    """botocore's parser takes most of the time that a LIST page of 1,000 keys takes."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):  # HEAD has another format
        parsed: datetime = parse_timestamp(value)
        return parsed


class _CurrentKeys(Credentials):  # type: ignore[misc]
    """Calls `keys` whenever a request is signed."""

    def __init__(self, keys: Callable[[], HuaweiKeys]) -> None:
        super().__init__("", "", method=_Provider.METHOD)
        self._keys = keys

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        keys = self._keys()
        return ReadOnlyCredentials(keys.ak, keys.sk, keys.token)


class _Provider(CredentialProvider):  # type: ignore[misc]
    METHOD = CANONICAL_NAME = "imagedrop"

    def __init__(self, keys: Callable[[], HuaweiKeys]) -> None:
        super().__init__()
        self._keys = keys

    def load(self) -> Credentials:
        return _CurrentKeys(self._keys)
