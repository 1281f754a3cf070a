"""The load benchmark, with 55 drops."""

from __future__ import annotations

from random import Random

import pytest

from bench.load import report
from bench.load_clouds import LoadImages
from bench.load_sqs import limits
from bench.load_world import Load
from imagedrop.ports import ImsError
from imagedrop_local.memory import SettableClock


def test_all_drops_are_registered_and_ims_never_runs_more_than_40_tasks() -> None:
    load = Load(55)
    load.run()
    assert load.ended() == {"registered": 55}
    assert load.images.most_tasks <= 40
    assert load.images.refused < 30  # it was 64 without a queue
    assert "| registered" in report([load, load])


def test_batch_sizes_are_those_of_the_template() -> None:
    assert {queue: limit.batch for queue, limit in limits().items()} == {
        "drops": 1,
        "registrations": 1,
        "polls": 10,
        "notices": 5,
    }


def test_ims_refuses_the_41st_task() -> None:
    images = LoadImages(SettableClock(), Random(1))
    body = {"name": "w", "image_url": "drops:w.vhd", "min_disk": 40, "data_images": [{"image_url": "x", "min_disk": 1}]}
    for _ in range(20):
        images.create(body)
    with pytest.raises(ImsError, match=r"IMG\.0060"):
        images.create({**body, "data_images": []})
