"""When a fault applies."""

from __future__ import annotations

import random
from typing import Any

import pytest

from imagedrop_local.faults import Fault, Faults, InvalidFault


def applied(faults: Faults, calls: int, call: str = "CreateImage") -> list[bool]:
    return [faults.take("ims", call) is not None for _ in range(calls)]


def fault(**fields: Any) -> Fault:
    return Fault(**{"service": "ims", "call": "CreateImage", "fault": "reset", **fields})


def test_a_fault_applies_the_given_number_of_times() -> None:
    faults = Faults()
    faults.add(fault(times=2))
    assert applied(faults, 4) == [True, True, False, False]


def test_a_probability_applies_to_its_share_of_calls_and_depends_on_the_seed() -> None:
    def results(probability: float) -> list[bool]:
        faults = Faults(random.Random(7))
        faults.add(fault(probability=probability))
        return applied(faults, 1000)

    assert sum(results(1)) == 1000
    assert 200 < sum(results(0.25)) < 300
    assert results(0.25) == results(0.25)


def test_faults_apply_in_the_order_in_which_they_were_set() -> None:
    faults = Faults()
    for status in (500, 502, 502):
        faults.add(fault(times=1, fault="status", status=status))
    applied_faults = [fault_taken.status for _ in range(4) if (fault_taken := faults.take("ims", "CreateImage"))]
    assert applied_faults == [500, 502, 502]


def test_the_next_fault_applies_if_the_first_does_not_by_probability() -> None:
    faults = Faults(random.Random(7))
    faults.add(fault(probability=0.01))
    faults.add(fault(fault="slow"))
    fault_taken = faults.take("ims", "CreateImage")
    assert fault_taken is not None
    assert fault_taken.fault == "slow"


def test_faults_of_events_and_of_calls_are_separate() -> None:
    faults = Faults()
    faults.add(Fault(service="smn", fault="drop"))
    assert faults.take("smn", "PublishMessage") is None
    assert faults.take("smn", "Push", events=True) is not None
    faults.clear()
    faults.add(Fault(service="smn", fault="reset"))
    assert faults.take("smn", "Push", events=True) is None


def test_listed_faults_are_copies() -> None:
    faults = Faults()
    faults.add(fault(times=2))
    (listed,) = faults.active()
    applied(faults, 1)
    assert listed.times == 2


def test_a_fault_for_an_unknown_call_is_refused_once_the_calls_are_registered() -> None:
    faults = Faults()
    faults.add(fault(call="Anything"))
    faults.register_calls("ims", {"CreateImage"})
    with pytest.raises(InvalidFault, match="ims has no 'Anything', but \\*, CreateImage, ImportJob"):
        faults.add(fault(call="Anything"))
