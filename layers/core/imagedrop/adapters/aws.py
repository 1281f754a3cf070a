"""Clients of AWS services: boto3, imported when the first client is made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from botocore.session import Session

AwsService = Literal["dynamodb", "secretsmanager", "sesv2", "sns", "sqs"]


@dataclass(frozen=True)
class AwsLimits:
    """Of calls to AWS services. Timeouts in s, of each attempt."""

    connect_timeout: float
    read_timeout: float
    attempts: int


def aws_client(service: AwsService, limits: AwsLimits) -> Any:
    """A client of boto3. Endpoint and region come from AWS_ENDPOINT_URL and AWS_REGION."""
    import boto3
    from botocore.config import Config

    config = Config(
        retries={"mode": "standard", "total_max_attempts": limits.attempts},
        connect_timeout=limits.connect_timeout,
        read_timeout=limits.read_timeout,
    )
    return boto3.Session(botocore_session=_aws_session()).client(service, config=config)


def new_session() -> Session:
    """A botocore session. All of them share one loader: a loader caches the service models that it has read."""
    from botocore.session import Session

    session = Session()
    session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
    return session


@cache
def _aws_session() -> Session:
    return new_session()


@cache
def _loader(data_path: str | None) -> Loader:
    from botocore.loaders import create_loader

    return create_loader(data_path)
