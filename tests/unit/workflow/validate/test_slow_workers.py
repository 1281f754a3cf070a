"""A slow worker that validates or ends a drop does not undo what a faster one has done."""

from __future__ import annotations

from typing import Any

from imagedrop.domain import drop as drops
from imagedrop.ports import ImsError
from imagedrop.workflow.validate import validate
from tests.support.world import BUCKET, World
from tests.unit.workflow.validate.sample_drop import DATA_KEY, KEY, SAMPLE, SIDECAR_KEY, WITH_DATA, put_drop, sidecar


def test_a_slow_validation_starts_no_attempt_for_files_that_were_validated_meanwhile(world: World) -> None:
    world.put(KEY, SAMPLE, event=False)
    world.put(SIDECAR_KEY, sidecar(min_disk=5), event=False)
    ledger, get = world.ports.ledger, world.ports.ledger.get

    def late(drop_id: str) -> drops.Drop | None:
        """The slow worker has read the files, and reads the row only now."""
        ledger.get = get  # type: ignore[method-assign]
        world.ports.clock.advance(5)
        world.put(SIDECAR_KEY, sidecar(min_disk=6))
        world.run(60)
        return get(drop_id)

    ledger.get = late  # type: ignore[method-assign]
    validate.validate_key(world.ports, BUCKET, KEY)
    world.run()
    assert (world.row(KEY).attempt, len(world.mails())) == (1, 1)


def test_a_slow_validation_does_not_overwrite_the_result_of_newer_content(world: World) -> None:
    put_drop(world, min_disk=5)
    world.run()
    objects, get = world.ports.objects, world.ports.objects.get

    def late(bucket: str, key: str, *, limit: int) -> Any:
        """The slow worker has found no change, and reads the result file only now."""
        if key.endswith(".result.json"):
            objects.get = get  # type: ignore[method-assign]
            world.put(KEY, SAMPLE + bytes(512))
            world.run()
        return get(bucket, key, limit=limit)

    objects.get = late  # type: ignore[method-assign]
    validate.validate_key(world.ports, BUCKET, KEY)
    head = world.ports.objects.head(BUCKET, KEY)
    assert head is not None
    assert world.result(KEY)["etag"] == head.etag


def test_a_worker_that_is_slow_after_an_end_does_not_free_the_key_of_the_next_attempt(world: World) -> None:
    """After it has ended the drop, others notify the owner and begin the next attempt."""
    put_drop(world)
    world.ports.images.fail("create", ImsError("refused", "IMG.0056", "no such OS"))
    ledger, save = world.ports.ledger, world.ports.ledger.save

    def slow(drop: drops.Drop) -> drops.Drop:
        saved = save(drop)
        if saved.ended:
            ledger.save = save  # type: ignore[method-assign]
            world.ports.queues.send("notices", {"drop_id": drop.drop_id, "attempt": 1})  # as the sweep does
            world.put(SIDECAR_KEY, sidecar(description="changed"))
            for _ in range(3):
                world.step()
        return saved

    ledger.save = slow  # type: ignore[method-assign]
    world.run(30)
    assert (world.row(KEY).stage, world.row(KEY).attempt) == ("importing", 2)
    assert world.ports.ledger.live()[BUCKET, KEY] == world.row(KEY).drop_id


def test_a_result_file_that_was_overwritten_with_older_content_is_restored(world: World) -> None:
    """Two workers write two results of one key, and the older drop's result comes last."""
    world.put(KEY, SAMPLE[:100_000])
    world.put(SIDECAR_KEY, sidecar())
    world.run()
    older = world.ports.objects.body(BUCKET, KEY + ".result.json")
    world.put(KEY, SAMPLE)
    world.run()
    assert older is not None
    world.ports.objects.put(BUCKET, KEY + ".result.json", older)
    world.event(KEY)
    world.run()
    assert world.result(KEY)["stage"] == "registered"


def test_an_answer_does_not_record_a_sidecar_that_was_replaced_during_the_validation(world: World) -> None:
    put_drop(world)
    world.put(DATA_KEY, SAMPLE)
    world.run()
    get = world.ports.ledger.get

    def slow(drop_id: str) -> drops.Drop | None:
        world.ports.ledger.get = get  # type: ignore[method-assign]
        world.put(SIDECAR_KEY, sidecar(**WITH_DATA))
        return get(drop_id)

    world.ports.ledger.get = slow  # type: ignore[method-assign]
    world.event(KEY)
    world.run()
    assert (world.row(KEY).attempt, len(world.mails())) == (2, 2)
