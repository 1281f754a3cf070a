"""A history whose handlers use the real adapters."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack
from datetime import datetime
from functools import cache, partial
from typing import Any

import huaweicloudsdkcore.signer.signer
import pytest

from imagedrop.adapters.aws import AwsClient, AwsService, aws_client
from imagedrop.adapters.calls import Calls
from imagedrop.adapters.dynamodb.ledger import DynamoLedger
from imagedrop.adapters.ims.images import ImsImages, open_connection
from imagedrop.adapters.obs.client import obs_client
from imagedrop.adapters.obs.objects import ObsObjects
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.adapters.ses import SesMail
from imagedrop.adapters.sns import SnsTopic
from imagedrop.adapters.sqs import QUEUES, SqsQueues
from imagedrop.adapters.time_limits import ANSWER, STANDARD
from imagedrop.ports import Ports
from imagedrop_local.memory import memory_settings
from tests.simulation.adapters.network import Network, NetworkFaults
from tests.simulation.adapters.sockets import connections
from tests.simulation.fault_rates import HOUR, FaultRates
from tests.simulation.faults import PORTS, Faults
from tests.simulation.histories import History
from tests.simulation.reduction import COMPLETE, Reduction
from tests.simulation.workload import Action

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "AKSIMULATED",
    "AWS_SECRET_ACCESS_KEY": "simulated",
    "AWS_ENDPOINT_URL_DYNAMODB": "http://dynamodb.simulated",
    "AWS_ENDPOINT_URL_SQS": "http://sqs.simulated",
    "AWS_ENDPOINT_URL_SNS": "http://sns.simulated",
    "AWS_ENDPOINT_URL_SESV2": "http://ses.simulated",
}
QUEUE_URL = "http://sqs.simulated/000000000000"
SDK_LOG = "HuaweiCloud-SDK-_JsonImsClient"
# The first two are drawn where only the fakes can raise them. The histories are shorter, because a call takes 100 times
# as long as without the adapters.
CHANGES = {"late_effect": 0, "repeated_write": 0, "sweep_every": 900.0}
LONGEST = 2 * HOUR


class AdapterHistory(History):
    def __init__(self, seed: int, reduction: Reduction = COMPLETE, **changes: Any) -> None:
        super().__init__(seed, reduction, **(CHANGES | changes))
        self._network = Network(self)
        self.functions.handler_ports = adapters(self)

    def run(self) -> list[str]:
        with ExitStack() as stack:
            stack.enter_context(connections(self._network.connect))
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            patch.setattr(logging.getLogger(SDK_LOG), "disabled", True)  # it prints each failed connection
            patch.setattr(huaweicloudsdkcore.signer.signer, "datetime", _clock_of(self))
            return super().run()

    def _connect(self) -> None:
        super()._connect()
        for name in PORTS:  # the network has the faults
            del getattr(self.ports, name)._call

    def _draw_rates(self) -> FaultRates:
        rates = super()._draw_rates()
        return rates.changed({"faults_end": min(rates.faults_end, LONGEST)})

    def _new_faults(self) -> Faults:
        return NetworkFaults(self.rates, self._reduction, self.clock, self.workers)

    def _draw_actions(self) -> list[Action]:
        return [action for action in super()._draw_actions() if action.what != "other installation"]


def adapters(history: AdapterHistory) -> Ports:
    """As `entry.runtime` builds them, with the clocks of the history."""
    memory, random = history.ports, history.random("adapter")
    settings = memory.settings.model_copy(
        update={
            "obs_endpoint": "http://obs.simulated",
            "obs_addressing": "path",
            "ims_endpoint": "http://ims.simulated",
        }
    )

    def calls(reserve: float) -> Calls:
        return Calls(memory.sleep, random, memory.time_left, reserve, history.clock.seconds)

    def aws(service: AwsService, limit: float = STANDARD.stored, reserve: float = ANSWER) -> AwsClient:
        return AwsClient(_aws_client(service), calls(reserve), limit)

    def keys() -> HuaweiKeys:
        return history.ims.keys(history.workers.current, memory.clock)

    ims_calls, record = calls(STANDARD.record), STANDARD.record
    return Ports(
        settings=settings,
        objects=ObsObjects(_obs_client(), calls(record)),
        images=ImsImages(partial(open_connection, settings, keys), ims_calls, settings, history.ims._renew),
        ledger=DynamoLedger(aws("dynamodb"), "ledger"),
        queues=SqsQueues(aws("sqs"), {name: f"{QUEUE_URL}/{name}" for name in QUEUES}),
        topic=SnsTopic(aws("sns", STANDARD.sent, record), "arn:aws:sns:us-east-1:000000000000:imagedrop"),
        mail=SesMail(aws("sesv2", STANDARD.sent, record), settings.mail_from),
        meter=memory.meter,
        clock=memory.clock,
        random=memory.random,
        sleep=memory.sleep,
        time_left=memory.time_left,
    )


@cache
def _aws_client(service: AwsService) -> Any:
    """One for all histories: making one takes as long as a history."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setitem(os.environ, name, value)
        return aws_client(service, STANDARD)


@cache
def _obs_client() -> Any:
    settings = memory_settings(obs_endpoint="http://obs.simulated", obs_addressing="path")
    return obs_client(settings, lambda: HuaweiKeys("AKSIMULATED", "simulated"))


def _clock_of(history: AdapterHistory) -> type[datetime]:
    """Huawei's SDK signs with the time of this class."""

    class Clock(datetime):
        @classmethod
        def utcnow(cls) -> datetime:  # type: ignore[override]
            return history.ports.clock().replace(tzinfo=None)

    return Clock
