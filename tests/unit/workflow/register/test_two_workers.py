"""Two workers register one drop at the same time: its message came twice. Nobody has crashed, so nothing waits long."""

from __future__ import annotations

from typing import Any

from imagedrop.domain.object_keys import claim_key
from imagedrop.ports import ImsError, RetryLater
from imagedrop.workflow.register.register import register
from tests.support.world import World


def second_worker_after_the_claim(world: World, drop_id: str, number: int) -> list[str]:
    """From now on, a second worker comes when the claim is written for the `number`th time. What it ended with."""
    put, claims, ends = world.ports.objects.put, list[str](), list[str]()

    def put_and_register(bucket: str, key: str, *content: Any) -> None:
        put(bucket, key, *content)
        if key != claim_key(drop_id):
            return
        claims.append(key)
        if len(claims) == number:
            try:
                register(world.ports, drop_id, 1)
            except RetryLater as later:
                ends.append(f"again after {later.seconds:.0f} s")
            else:
                ends.append("done")

    world.ports.objects.put = put_and_register  # type: ignore[assignment, method-assign]
    return ends


def test_the_claim_of_a_worker_that_is_about_to_call_is_not_taken_for_a_lost_call(world: World) -> None:
    row = world.accepted()
    ends = second_worker_after_the_claim(world, row.drop_id, 1)
    register(world.ports, row.drop_id, 1)
    assert ends == ["again after 90 s"]
    assert (world.row().stage, len(world.ports.images.bodies)) == ("importing", 1)


def test_nor_that_of_a_worker_that_is_about_to_call_again() -> None:
    world = World(ims_names_unique="always")
    row = world.accepted()
    world.ports.images.fail("create", ImsError("unknown", "timeout", "no answer"))
    ends = second_worker_after_the_claim(world, row.drop_id, 2)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    assert ends == ["again after 90 s"]
    assert (world.row().stage, len(world.ports.images.bodies)) == ("registered", 1)
