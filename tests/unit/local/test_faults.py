"""When a fault strikes."""

from __future__ import annotations

import random
from typing import Any

import pytest

from imagedrop_local.faults import Fault, Faults, InvalidFault


def struck(faults: Faults, tries: int, call: str = "CreateImage") -> list[bool]:
    return [faults.take("ims", call) is not None for _ in range(tries)]


def fault(**fields: Any) -> Fault:
    return Fault(**{"service": "ims", "call": "CreateImage", "fault": "reset", **fields})


def test_a_fault_strikes_as_many_times_as_it_says() -> None:
    faults = Faults()
    faults.add(fault(times=2))
    assert struck(faults, 4) == [True, True, False, False]


def test_a_probability_strikes_in_its_share_of_calls_and_the_same_ones_for_a_seed() -> None:
    def run(probability: float) -> list[bool]:
        faults = Faults(random.Random(7))
        faults.add(fault(probability=probability))
        return struck(faults, 1000)

    assert sum(run(1)) == 1000
    assert 200 < sum(run(0.25)) < 300
    assert run(0.25) == run(0.25)


def test_of_two_faults_the_earlier_strikes_first_and_of_two_equal_ones_each_in_its_turn() -> None:
    faults = Faults()
    for status in (500, 502, 502):
        faults.add(fault(times=1, fault="status", status=status))
    hits = [hit.status for _ in range(4) if (hit := faults.take("ims", "CreateImage"))]
    assert hits == [500, 502, 502]


def test_what_misses_by_chance_leaves_the_call_to_the_next_fault() -> None:
    faults = Faults(random.Random(7))
    faults.add(fault(probability=0.01))
    faults.add(fault(fault="slow"))
    hit = faults.take("ims", "CreateImage")
    assert hit is not None
    assert hit.fault == "slow"


def test_events_and_calls_are_struck_apart() -> None:
    faults = Faults()
    faults.add(Fault(service="smn", fault="drop"))
    assert faults.take("smn", "PublishMessage") is None
    assert faults.take("smn", "Push", events=True) is not None
    faults.clear()
    faults.add(Fault(service="smn", fault="reset"))
    assert faults.take("smn", "Push", events=True) is None


def test_what_is_listed_does_not_change_under_the_reader() -> None:
    faults = Faults()
    faults.add(fault(times=2))
    (listed,) = faults.active()
    struck(faults, 1)
    assert listed.times == 2


def test_a_call_that_a_service_has_not_is_refused_once_its_calls_are_known() -> None:
    faults = Faults()
    faults.add(fault(call="Anything"))
    faults.register_calls("ims", {"CreateImage"})
    with pytest.raises(InvalidFault, match="ims has no 'Anything', but \\*, CreateImage, ImportJob"):
        faults.add(fault(call="Anything"))
