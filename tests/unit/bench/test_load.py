"""The benchmark of many drops at once, with few."""

from __future__ import annotations

import pytest

from bench.load import report
from bench.load_clouds import LoadImages
from bench.load_sqs import limits
from bench.load_world import Load
from imagedrop.ports import ImsError
from imagedrop_local.memory import SettableClock


def test_every_drop_is_registered_and_ims_is_asked_for_no_more_than_it_takes() -> None:
    load = Load(55)
    load.run()
    assert load.ended() == {"registered": 55}
    assert load.images.most <= 40
    assert load.images.refused < 30  # 64 where everybody asks
    assert "| registered" in report([load, load])


def test_the_bench_has_the_batches_and_concurrency_of_the_template() -> None:
    assert {queue: one.batch for queue, one in limits().items()} == {
        "drops": 1,
        "registrations": 1,
        "polls": 10,
        "notices": 5,
    }


def test_its_ims_refuses_the_forty_first_task() -> None:
    from random import Random

    images = LoadImages(SettableClock(), Random(1))
    body = {"name": "w", "image_url": "drops:w.vhd", "min_disk": 40, "data_images": [{"image_url": "x", "min_disk": 1}]}
    for _ in range(20):
        images.create(body)
    with pytest.raises(ImsError, match=r"IMG\.0060"):
        images.create({**body, "data_images": []})
