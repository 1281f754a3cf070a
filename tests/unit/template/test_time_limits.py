"""The time limits of functions, and what relies on them."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.adapters.time_limits import IMS_CREATE, IMS_READ, OBS, SHORT, STANDARD
from imagedrop.entry.sqs_batch import NEEDED
from imagedrop.ports import QueueName
from imagedrop.workflow import mailing
from imagedrop.workflow.register.create_image import ANSWER_WITHIN
from tests.contract import hanging_services
from tests.simulation import functions, simulated_stack
from tests.support.world import HANDLERS

QUEUES = dict.fromkeys(HANDLERS)


def limit_of(resources: dict[str, Any], function: str) -> float:
    return float(resources[f"{function.title()}Function"]["Properties"]["Timeout"])


def test_limits_that_the_tests_with_hanging_services_use_are_those_of_the_template(resources: dict[str, Any]) -> None:
    assert {name: limit_of(resources, name) for name in hanging_services.LIMITS} == hanging_services.LIMITS


@pytest.mark.parametrize("queue", QUEUES)
def test_simulation_uses_the_limits_of_the_template(resources: dict[str, Any], queue: QueueName) -> None:
    visibility = resources[f"{queue.title()}Queue"]["Properties"]["VisibilityTimeout"]
    assert simulated_stack.LIMITS[queue][1:] == (visibility, limit_of(resources, HANDLERS[queue]))


def test_simulation_uses_the_limits_of_sweep_and_intake(resources: dict[str, Any]) -> None:
    limits = (limit_of(resources, "sweep"), limit_of(resources, "intake"))
    assert limits == (functions.SWEEP_LIMIT, functions.INTAKE_LIMIT)


def test_what_another_worker_waits_for_is_longer_than_a_function_may_run(resources: dict[str, Any]) -> None:
    assert limit_of(resources, "notify") < mailing.LEASE
    assert limit_of(resources, "register") < ANSWER_WITHIN


def test_two_messages_of_a_batch_fit_into_a_function_when_none_hangs(resources: dict[str, Any]) -> None:
    batched = {
        queue for queue in QUEUES if resources[f"{HANDLERS[queue].title()}Mapping"]["Properties"]["BatchSize"] > 1
    }
    assert batched == NEEDED.keys()
    assert all(seconds < limit_of(resources, HANDLERS[queue]) for queue, seconds in NEEDED.items())


def test_every_call_fits_into_the_function_that_makes_it_with_time_for_the_calls_before_it(
    resources: dict[str, Any],
) -> None:
    assert IMS_CREATE + STANDARD.record < limit_of(resources, "register") / 1.5
    for function, call in (("poll", IMS_READ), ("notify", OBS), ("validate", OBS), ("sweep", OBS)):
        assert call + STANDARD.record < limit_of(resources, function) / 2
    assert STANDARD.stored + 1 < limit_of(resources, "status") / 2
    assert 4 * SHORT.stored + 1 < limit_of(resources, "intake")
