"""The process of a function: settings from its environment, and ports that are built when they are first used.

So a cold start imports only what its function needs: intake never imports Huawei's SDK.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

from imagedrop.adapters.aws import AwsClient, AwsService, aws_client
from imagedrop.adapters.calls import Calls
from imagedrop.adapters.secrets import HuaweiKeys, Secrets, SmtpLogin
from imagedrop.adapters.time_limits import ANSWER, STANDARD, AwsLimits
from imagedrop.adapters.time_limits import SHORT as SHORT  # for functions
from imagedrop.common.display_text import json_line
from imagedrop.entry.sam_local import need_local_stack, need_settings_of_a_stack
from imagedrop.observability import log_fields, set_log_fields
from imagedrop.ports import (
    Images,
    Ledger,
    Mail,
    Meter,
    Objects,
    Ports,
    Queues,
    Random,
    RunParallel,
    TimeLeft,
    Topic,
    unlimited_time,
)
from imagedrop.settings import Settings, SettingsError

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

    from imagedrop.adapters.smtp import SmtpServer

SERVICE = "imagedrop"


@cache
def runtime(limits: AwsLimits = STANDARD) -> Runtime:
    """The runtime of this process. From here on its logs are structured."""
    started = Runtime(os.environ, limits)
    started.log.debug("started")
    return started


@contextmanager
def invocation(context: Any, limits: AwsLimits = STANDARD) -> Iterator[Runtime]:
    """The runtime, for one call of a function: each line logged inside has the request id, and `time_left` is that of
    this call. `context`: Lambda's. A process runs one call at a time."""
    with log_fields(function_request_id=context.aws_request_id):
        try:
            current = runtime(limits)
        except SettingsError:
            need_settings_of_a_stack(os.environ)
            raise
        need_local_stack(os.environ, current.settings)
        current.time_left_of(context)
        yield current


class Runtime:
    """Reads `environment` once. Raises settings.SettingsError."""

    def __init__(self, environment: Mapping[str, str], limits: AwsLimits = STANDARD) -> None:
        self.settings = Settings.read(environment)
        self.service = environment.get("POWERTOOLS_SERVICE_NAME") or SERVICE
        self._limits = limits
        self.secrets = Secrets(partial(self.aws, "secretsmanager"), _now)
        self._time_left: TimeLeft = unlimited_time
        self.ports: Ports = LazyPorts(self)

    def time_left(self) -> float:
        """Seconds that are left of this invocation."""
        return self._time_left()

    def time_left_of(self, context: Any) -> None:
        """From now on `time_left` is that of this invocation. `context`: Lambda's."""
        self._time_left = lambda: float(context.get_remaining_time_in_millis()) / 1000

    @cached_property
    def log(self) -> Logger:
        """The JSON log; the loggers `imagedrop` and `imagedrop.*` write to it."""
        from aws_lambda_powertools import Logger

        log = Logger(service=SERVICE, level=self.settings.log_level, json_serializer=json_line)
        log.registered_handler.addFilter(set_log_fields)
        return log

    def needed(self, setting: str) -> str:
        """A setting that only some functions need. Raises SettingsError if it is empty."""
        value: str = getattr(self.settings, setting)
        if not value:
            raise SettingsError(f"IMAGEDROP_{setting.upper()} is not set, and this function needs it")
        return value

    def aws(self, service: AwsService) -> AwsClient:
        """A new client. Mails and SNS messages act on the world; the other calls may use the time kept for them."""
        acts = service in ("sesv2", "sns")
        limit, reserve = (self._limits.sent, self._limits.record) if acts else (self._limits.stored, ANSWER)
        client = aws_client(service, self._limits, self.settings.aws_endpoint)
        return AwsClient(client, self._calls(reserve), limit)

    def calls(self) -> Calls:
        """For OBS, IMS and SMTP."""
        return self._calls(self._limits.record)

    def _calls(self, reserve: float) -> Calls:
        return Calls(self.ports.sleep, self.ports.random, self.time_left, reserve)

    def huawei_keys(self) -> HuaweiKeys:
        return HuaweiKeys.parse(self.secrets.get(self.needed("credentials")))

    def smtp_server(self) -> SmtpServer:
        from imagedrop.adapters.smtp import SmtpServer

        settings = self.settings
        secret = settings.smtp_credentials
        login = SmtpLogin.parse(self.secrets.get(secret)) if secret else None
        return SmtpServer(settings.smtp_host, settings.smtp_port, settings.smtp_security, login)

    def renew_keys(self) -> bool:
        """Reads the keys again after a refusal, at most once a minute. True if they have changed."""
        return self.secrets.renew(self.settings.credentials)


class LazyPorts(Ports):
    """Builds each adapter, and imports its libraries, on first use."""

    _runtime: Runtime

    def __init__(self, owner: Runtime) -> None:
        self.__dict__.update(_runtime=owner, settings=owner.settings, clock=_now, sleep=time.sleep)
        self.__dict__.update(time_left=owner.time_left)

    @cached_property
    def objects(self) -> Objects:
        from imagedrop.adapters.obs.client import obs_client
        from imagedrop.adapters.obs.objects import ObsObjects

        client = obs_client(self.settings, self._runtime.huawei_keys)
        return ObsObjects(client, self._runtime.calls(), renew=self._runtime.renew_keys)

    @cached_property
    def images(self) -> Images:
        from imagedrop.adapters.ims.images import ImsImages, open_connection

        connect = partial(open_connection, self.settings, self._runtime.huawei_keys)
        return ImsImages(connect, self._runtime.calls(), self.settings, renew=self._runtime.renew_keys)

    @cached_property
    def ledger(self) -> Ledger:
        from imagedrop.adapters.dynamodb.ledger import DynamoLedger

        table = self._runtime.needed("ledger_table")
        return DynamoLedger(self._runtime.aws("dynamodb"), table)

    @cached_property
    def queues(self) -> Queues:
        from imagedrop.adapters.sqs import QUEUES, SqsQueues

        return SqsQueues(self._runtime.aws("sqs"), {name: getattr(self.settings, f"{name}_queue") for name in QUEUES})

    @cached_property
    def topic(self) -> Topic:
        from imagedrop.adapters.sns import SnsTopic

        arn = self._runtime.needed("topic_arn")
        return SnsTopic(self._runtime.aws("sns"), arn)

    @cached_property
    def mail(self) -> Mail:
        from imagedrop.adapters.ses import SesMail, SilentMail

        sender = self.settings.mail_from
        if sender and self.settings.smtp_host:
            from imagedrop.adapters.smtp import SmtpMail

            return SmtpMail(self._runtime.smtp_server, sender, self._runtime.calls())
        return SesMail(self._runtime.aws("sesv2"), sender) if sender else SilentMail()

    @cached_property
    def meter(self) -> Meter:
        from imagedrop.adapters.metrics import EmfMeter

        return EmfMeter(self._runtime.service)

    @cached_property
    def random(self) -> Random:
        return random.Random()  # noqa: S311 - jitter needs no secrecy

    @cached_property
    def run_parallel(self) -> RunParallel:
        from imagedrop.adapters.threads import thread_pool

        return thread_pool()


def _now() -> datetime:
    return datetime.now(UTC)
