"""A file was replaced during its import: the content of that image is unknown, so no later attempt adopts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagedrop.domain.drop import OBJECT_REPLACED
from imagedrop.domain.object_keys import END_MARKERS, result_key
from imagedrop.workflow.bucket_records import end_markers
from imagedrop_local.memory.images import Outcome
from tests.support.world import BUCKET, World
from tests.unit.workflow.validate.sample_drop import (
    DATA_KEY,
    KEY,
    SAMPLE,
    SIDECAR_KEY,
    WITH_DATA,
    published,
    put_drop,
    sidecar,
)

OTHER = SAMPLE + bytes(512)


def replaced_during_the_import() -> World:
    """The first attempt has failed, and its image is in IMS. The other content was rejected."""
    world = World()
    world.ports.images.plan(Outcome(600))
    put_drop(world)
    world.run(60)
    assert world.row(KEY).stage == "importing"
    world.put(KEY, OTHER)
    world.put(SIDECAR_KEY, sidecar(min_disk=5))
    world.run()
    assert disowned(world)
    return world


def failed(world: World) -> dict[str, Any]:
    """The first end of the drop whose file was replaced."""
    return next(end for end in published(world) if (end["reason"] or {}).get("code") == OBJECT_REPLACED)


def disowned(world: World) -> set[str]:
    return {image["id"] for image in failed(world)["images"]}


def put_back(world: World) -> set[str]:
    """The first content comes back. The ids of the images that it is registered as."""
    world.put(KEY, SAMPLE)
    world.put(SIDECAR_KEY, sidecar())
    world.live_through(1)
    [last] = [end for end in published(world) if (end["drop_id"], end["attempt"]) == (failed(world)["drop_id"], 2)]
    assert last["stage"] == "registered"
    return {image["id"] for image in last["images"]}


def keep(world: World) -> None:
    pass


def lose_ledger(world: World) -> None:
    world.ports.ledger.wipe()


def lose_ledger_and_result_file(world: World) -> None:
    world.ports.ledger.wipe()
    world.ports.objects.delete(BUCKET, result_key(KEY))


@pytest.mark.parametrize("lose", [keep, lose_ledger, lose_ledger_and_result_file])
def test_the_content_that_comes_back_gets_an_image_of_its_own(lose: Callable[[World], None]) -> None:
    world = replaced_during_the_import()
    lose(world)
    assert not disowned(world) & put_back(world)


def test_an_older_ledger_does_not_bring_the_images_back() -> None:
    """Its row of the first attempt is replaced by the end of the second one, which the result file tells."""
    world = World()
    world.ports.images.plan(Outcome(600))
    world.put(DATA_KEY, SAMPLE)
    put_drop(world, **WITH_DATA)
    world.run(60)
    backup = world.ports.ledger.backup()
    world.put(DATA_KEY, b"no disk image")
    world.run()
    assert [end["stage"] for end in published(world)] == ["failed", "rejected"]
    world.ports.ledger.restore(backup)
    world.live_through(1)
    world.put(DATA_KEY, SAMPLE)
    world.live_through(1)
    last = published(world)[-1]
    assert (last["stage"], last["attempt"], len(last["images"])) == ("registered", 3, 2)
    assert not disowned(world) & {image["id"] for image in last["images"]}


def test_later_attempts_pass_the_ids_on(world: World) -> None:
    world = replaced_during_the_import()
    put_back(world)
    row = world.row(KEY)
    found = [head for head in world.ports.objects.list(BUCKET, f"{END_MARKERS}{row.drop_id}/").objects if head.size]
    assert len(found) == 2
    assert set(row.disowned_images) == disowned(world)
    for head in found:
        world.ports.objects.delete(BUCKET, head.key)
        end_markers.write_end_marker(world.ports.objects, row)
        known = end_markers.with_ends(world.ports.objects, row.model_copy(update={"disowned_images": ()}))
        assert set(known.disowned_images) == disowned(world)


@pytest.mark.parametrize("body", [b"junk", b"[]", b"{}", b'{"disowned": 1}', b"\xff"])
def test_a_marker_with_other_content_disowns_nothing_and_is_logged(
    world: World, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert read_back(world, body) == (2, ())
    assert "end marker not readable" in caplog.text


@pytest.mark.parametrize("body", [b"", b'{"disowned": [1, null]}'])
def test_a_marker_without_ids_disowns_nothing(world: World, body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert read_back(world, body) == (2, ())
    assert caplog.text == ""


def read_back(world: World, body: bytes) -> tuple[int, tuple[str, ...]]:
    row = world.accepted()
    world.ports.objects.put(BUCKET, end_markers.end_marker_key(row), body, "application/octet-stream")
    known = end_markers.with_ends(world.ports.objects, row)
    return known.attempt, known.disowned_images
