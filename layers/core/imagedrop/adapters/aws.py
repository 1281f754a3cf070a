"""Clients of AWS services: boto3, imported when the first client is made."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal

from imagedrop.adapters.calls import Calls
from imagedrop.adapters.connections import limited_pool
from imagedrop.adapters.time_limits import AwsLimits
from imagedrop.ports import ServiceError

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from botocore.session import Session

AwsService = Literal["dynamodb", "secretsmanager", "sesv2", "sns", "sqs"]
READS = frozenset({"get_item", "query", "get_secret_value"})


class AwsClient:
    """A client of boto3 each of whose calls ends within `limit` seconds, is repeated only if the service surely has not
    taken it (reads: also if they failed quickly), and raises ServiceError for every error of the service."""

    def __init__(self, client: Any, calls: Calls, limit: float) -> None:
        self._client, self._calls, self._limit = client, calls, limit

    def get_paginator(self, operation: str) -> Any:
        paginator = self._client.get_paginator(operation)
        paginator._method = getattr(self, operation)
        return paginator

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        """`operation` by its name in boto3."""
        from imagedrop.adapters.aws_errors import translate_errors

        def run(**arguments: Any) -> Any:
            def once() -> Any:
                with translate_errors():
                    return getattr(self._client, operation)(**arguments)

            return self._calls.run(once, self._limit, partial(_is_repeatable, operation))

        return run


def _is_repeatable(operation: str, error: Exception) -> bool:
    harmless = ("busy", "undelivered", "unknown") if operation in READS else ("busy", "undelivered")
    return isinstance(error, ServiceError) and error.kind in harmless


def aws_client(service: AwsService, limits: AwsLimits, endpoint: str = "") -> Any:
    """A client of boto3, for AwsClient. Its region comes from AWS_REGION. `endpoint`: of AWS; empty: the one in
    AWS_ENDPOINT_URL, or AWS itself."""
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 1}, connect_timeout=limits.connect, read_timeout=limits.longest)
    return limited(
        boto3.Session(botocore_session=_aws_session()).client(service, config=config, endpoint_url=endpoint or None)
    )


def limited(client: Any) -> Any:
    """The client of boto3, with connections that keep the limit of the current call."""
    # botocore has no public way to set the classes of its connections. Its proxies use the same mapping.
    pools: MutableMapping[str, type[Any]] = client._endpoint.http_session._pool_classes_by_scheme
    pools.update({scheme: limited_pool(pool) for scheme, pool in pools.items()})
    return client


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
