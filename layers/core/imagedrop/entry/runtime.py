"""The process that a function runs in: settings from its environment, and ports that are built when first used.

So a cold start pays only for what its function uses: intake never imports Huawei's SDK.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

from imagedrop.adapters.secrets import HuaweiKeys, Secrets
from imagedrop.common.display_text import json_line
from imagedrop.entry.sqs_batch import batch
from imagedrop.ports import (
    Clock,
    Images,
    Ledger,
    Mail,
    Meter,
    Objects,
    Ports,
    QueueName,
    Queues,
    Random,
    RunParallel,
    Sleep,
    Topic,
)
from imagedrop.settings import Settings, SettingsError

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

__all__ = ["Runtime", "batch", "runtime"]

SERVICE = "imagedrop"


@dataclass(frozen=True)
class Patience:
    """With AWS's services. `connect`, `answer`: s, of each try."""

    connect: float
    answer: float
    tries: int


PATIENT = Patience(connect=3, answer=10, tries=6)
HURRIED = Patience(connect=1, answer=2, tries=2)  # one that hangs costs up to 5 s, of the 10 s that intake has


@cache
def runtime(patience: Patience = PATIENT) -> Runtime:
    """The one of this process; from here on its logs are structured."""
    made = Runtime(os.environ, patience)
    made.log.debug("started")
    return made


class Runtime:
    """`environment` is read at once; raises settings.SettingsError."""

    def __init__(self, environment: Mapping[str, str], patience: Patience = PATIENT) -> None:
        self.settings = Settings.read(environment)
        self.service = environment.get("POWERTOOLS_SERVICE_NAME") or SERVICE
        self.aws = partial(_aws, patience)
        self.secrets = Secrets(partial(self.aws, "secretsmanager"), _now)
        self.ports: Ports = LazyPorts(self)

    @cached_property
    def log(self) -> Logger:
        """Structured; what the core logs to `imagedrop` goes through it too."""
        from aws_lambda_powertools import Logger

        return Logger(service=SERVICE, json_serializer=json_line)

    def secret(self, secret_id: str) -> str:
        """A secret's text, as it was at most five minutes ago."""
        return self.secrets.get(secret_id)

    def needed(self, setting: str) -> str:
        """A setting that may be left out elsewhere. Raises SettingsError."""
        value: str = getattr(self.settings, setting)
        if not value:
            raise SettingsError(f"IMAGEDROP_{setting.upper()} is not set, and this function needs it")
        return value

    def huawei_keys(self) -> HuaweiKeys:
        return HuaweiKeys.parse(self.secret(self.needed("credentials")))

    def renew(self, secret_id: str) -> bool:
        """After a refusal: reads a secret anew, at most once a minute; whether it has changed."""
        return self.secrets.renew(secret_id)

    def renew_keys(self) -> bool:
        """`renew` for the keys of Huawei Cloud."""
        return self.renew(self.settings.credentials)


class LazyPorts(Ports):
    """Ports whose adapters are made, and their libraries imported, on first use."""

    def __init__(self, owner: Runtime) -> None:
        self.__dict__["_owner"] = owner

    @property
    def _runtime(self) -> Runtime:
        owner: Runtime = self.__dict__["_owner"]
        return owner

    @cached_property
    def settings(self) -> Settings:
        return self._runtime.settings

    @cached_property
    def objects(self) -> Objects:
        from imagedrop.adapters.obs.objects import ObsObjects, client_for

        client = client_for(self.settings, self._runtime.huawei_keys)
        return ObsObjects(client, self.sleep, self.random, renew=self._runtime.renew_keys)

    @cached_property
    def images(self) -> Images:
        from imagedrop.adapters.ims.images import ImsImages, client_for

        connect = partial(client_for, self.settings, self._runtime.huawei_keys)
        return ImsImages(connect, self.sleep, self.random, self.settings, renew=self._runtime.renew_keys)

    @cached_property
    def ledger(self) -> Ledger:
        from imagedrop.adapters.dynamodb.ledger import DynamoLedger

        table = self._runtime.needed("ledger_table")
        return DynamoLedger(self._runtime.aws("dynamodb"), table)

    @cached_property
    def queues(self) -> Queues:
        from imagedrop.adapters.sqs import SqsQueues

        names: tuple[QueueName, ...] = ("drops", "registrations", "polls", "notices")
        return SqsQueues(self._runtime.aws("sqs"), {name: getattr(self.settings, f"{name}_queue") for name in names})

    @cached_property
    def topic(self) -> Topic:
        from imagedrop.adapters.sns import SnsTopic

        arn = self._runtime.needed("topic_arn")
        return SnsTopic(self._runtime.aws("sns"), arn)

    @cached_property
    def mail(self) -> Mail:
        from imagedrop.adapters.ses import SesMail, SilentMail

        sender = self.settings.mail_from
        return SesMail(self._runtime.aws("sesv2"), sender) if sender else SilentMail()

    @cached_property
    def meter(self) -> Meter:
        from imagedrop.adapters.metrics import EmfMeter

        return EmfMeter(self._runtime.service)

    @cached_property
    def clock(self) -> Clock:
        return _now

    @cached_property
    def random(self) -> Random:
        return random.Random()  # noqa: S311 - jitter needs no secrecy

    @cached_property
    def sleep(self) -> Sleep:
        return _sleep

    @cached_property
    def run_parallel(self) -> RunParallel:
        from imagedrop.adapters.threads import thread_pool

        return thread_pool()


def _now() -> datetime:
    return datetime.now(UTC)


def _sleep(seconds: float) -> None:
    time.sleep(seconds)


def _aws(patience: Patience, service: str) -> Any:
    """boto3's client: endpoint and region from the environment, as AWS_ENDPOINT_URL and AWS_REGION say."""
    import boto3
    from botocore.config import Config

    config = Config(
        retries={"mode": "standard", "total_max_attempts": patience.tries},
        connect_timeout=patience.connect,
        read_timeout=patience.answer,
    )
    return boto3.client(service, config=config)
