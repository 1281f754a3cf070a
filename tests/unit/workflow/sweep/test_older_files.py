"""What lay in the bucket before imagedrop took it is no drop, until one of its files is put again."""

from __future__ import annotations

import pytest

from imagedrop.domain.object_keys import INSTALLATION, START
from imagedrop.workflow.bucket_records import installation
from tests.support.world import BUCKET, SIDECAR, World

OLD, PAIR = [f"golden/{number:03d}.vhd" for number in range(200)], "golden/pair.vhd"


def bucket_in_use(world: World) -> None:
    for key in OLD:
        world.put(key, b"x", event=False)
    world.put(PAIR, b"image", event=False)
    world.put(PAIR + ".json", SIDECAR, event=False)
    world.ports.clock.advance(3600)


@pytest.fixture
def world() -> World:
    return World()


def test_bucket_in_use_is_not_flooded(world: World) -> None:
    bucket_in_use(world)
    before = set(world.ports.objects.keys(BUCKET))
    assert world.sweep()["older"] == 1
    world.live_through(50)
    assert set(world.ports.objects.keys(BUCKET)) - before == {INSTALLATION, START}
    assert (world.ports.ledger.rows(), world.mails()) == ([], [])


@pytest.mark.parametrize("event", [True, False])
def test_older_image_is_a_drop_when_its_sidecar_comes(world: World, event: bool) -> None:
    bucket_in_use(world)
    world.sweep()
    world.put(OLD[7] + ".json", SIDECAR, event=event)
    world.live_through(1)
    assert [row.key for row in world.ports.ledger.rows()] == [OLD[7]]


@pytest.mark.parametrize("file", [PAIR, PAIR + ".json"])
def test_older_pair_is_a_drop_when_one_of_its_files_is_put_again(world: World, file: str) -> None:
    bucket_in_use(world)
    world.sweep()
    world.put(file, b"image" if file == PAIR else SIDECAR, event=False)
    world.live_through(1)
    assert [row.key for row in world.ports.ledger.rows()] == [PAIR]


def test_older_pair_is_a_drop_when_an_event_names_it(world: World) -> None:
    """Its message was late, or an operator redrives it."""
    bucket_in_use(world)
    world.sweep()
    world.event(PAIR)
    world.run(10)
    assert [row.key for row in world.ports.ledger.rows()] == [PAIR]


def test_files_that_were_put_minutes_before_the_first_round_are_drops(world: World) -> None:
    world.put(PAIR, b"image", event=False)
    world.put(PAIR + ".json", SIDECAR, event=False)
    world.ports.clock.advance(installation.BEFORE_START - 60)
    assert (world.sweep()["found"], world.sweep()["older"]) == (1, 0)


def test_in_a_bucket_that_an_earlier_version_has_taken_every_file_counts(world: World) -> None:
    world.ports.objects.upload(BUCKET, INSTALLATION, world.ports.settings.installation.encode())
    bucket_in_use(world)
    assert world.sweep()["older"] == 0
    assert START not in world.ports.objects.keys(BUCKET)
    assert {message["key"] for message in world.ports.queues.bodies("drops")} == {*OLD, PAIR}


def test_start_stays_when_the_name_of_the_installation_is_lost(world: World) -> None:
    installation.take_bucket(world.ports.objects, BUCKET, "", world.ports.clock())
    before = world.ports.objects.head(BUCKET, START)
    world.put(PAIR, b"image", event=False)
    world.put(PAIR + ".json", SIDECAR, event=False)
    world.ports.clock.advance(7200)
    world.ports.objects.delete(BUCKET, INSTALLATION)
    assert world.sweep()["found"] == 1
    assert world.ports.objects.head(BUCKET, START) == before


@pytest.mark.parametrize("body", [b"", b"yesterday\n", b"\xff\xfe"])
def test_start_without_a_readable_time_counts_from_its_own_time(world: World, body: bytes) -> None:
    bucket_in_use(world)
    installation.take_bucket(world.ports.objects, BUCKET, "", world.ports.clock())
    world.ports.objects.put(BUCKET, START, body)
    assert [world.sweep()[name] for name in ("older", "found")] == [1, 0]


def test_start_that_is_written_again_late_stays(world: World) -> None:
    world.sweep()
    found = world.ports.objects.body(BUCKET, START)
    assert found is not None
    world.put(PAIR, b"image", event=False)
    world.put(PAIR + ".json", SIDECAR, event=False)
    world.ports.clock.advance(7200)
    world.ports.objects.put(BUCKET, START, bytes(found[0 : len(found)]))
    assert world.sweep()["found"] == 1
