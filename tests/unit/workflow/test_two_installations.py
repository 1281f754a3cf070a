"""Two installations by mistake on one bucket and project: one of them works, the other refuses and says so."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.ports import ObjectsRefused
from imagedrop.workflow.bucket_records import claims, installation
from imagedrop_local.memory import MemoryPorts, memory_ports, memory_settings
from tests.support.world import BUCKET, KEY, SIDECAR, World
from tests.unit.workflow.validate.sample_drop import KEY as SAMPLE_KEY
from tests.unit.workflow.validate.sample_drop import put_drop


@pytest.fixture
def first() -> World:
    return World(installation="first")


@pytest.fixture
def second(first: World) -> World:
    """Another ledger, other queues and mailboxes; the same bucket and the same IMS."""
    world = World(installation="second")
    world.ports = replace(world.ports, objects=first.ports.objects, images=first.ports.images, clock=first.ports.clock)
    return world


def test_the_second_installation_refuses_every_drop(first: World, second: World) -> None:
    put_drop(first)
    first.step()
    second.event(SAMPLE_KEY)
    second.event(SAMPLE_KEY + ".json")
    second.run()
    second.live_through(1)
    assert second.ports.ledger.rows() == []
    nothing = dict.fromkeys(("listed", "open", "revived", "found", "older", "driven", "late", "called"), 0)
    assert second.sweep() == {**nothing, "whole": True}
    assert second.ports.meter.counts["OtherInstallation"] >= 3  # two events and the sweeps
    first.run()
    assert first.row(SAMPLE_KEY).stage == "registered"
    assert (len(first.mails()), len(second.mails()), len(first.ports.images.bodies)) == (1, 0, 1)


def test_the_log_names_both_installations_and_the_object(
    first: World, second: World, caplog: pytest.LogCaptureFixture
) -> None:
    first.sweep()
    second.sweep()
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    reason = record.__dict__["reason"]
    assert object_keys.INSTALLATION in reason
    assert "'first'" in reason
    assert "'second'" in reason


def accepted_by_both(first: World, second: World) -> tuple[Drop, Drop]:
    """As when both read that nobody has the bucket, and both took it."""
    rows = first.accepted(), second.accepted()
    for world, row in zip((first, second), rows, strict=True):
        world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    return rows


@pytest.fixture
def _nobody_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "take_bucket", lambda *_: None)


@pytest.mark.usefixtures("_nobody_checks")
def test_a_drop_that_another_installation_has_claimed_is_held(first: World, second: World) -> None:
    """Also where the object with the name of the installation is missing."""
    accepted_by_both(first, second)
    first.step()
    second.run(60)
    row = second.row()
    assert row.stage == "accepted"
    assert row.held is not None
    assert row.held.code == "installation.other"
    assert second.ports.meter.counts["Held"] == 1
    assert len(second.ports.images.bodies) == 1


def test_only_one_of_two_that_take_the_bucket_at_the_same_time_calls() -> None:
    """Every order of their requests to OBS, one from each in turn, until one has ended its part."""
    for bits in range(1 << 8):
        check_interleaving([bool(bits >> turn & 1) for turn in range(8)])


def check_interleaving(turns: list[bool]) -> None:
    """`turns`: whose next request to OBS passes. True: of the second one."""
    greenlet = pytest.importorskip("greenlet").greenlet
    first, second = World(installation="first"), World(installation="second")
    accepted = first.accepted()
    first.ports.objects.delete(BUCKET, object_keys.INSTALLATION)
    second.ports = replace(second.ports, objects=first.ports.objects, images=first.ports.images)
    second.ports.ledger.accept(accepted.model_copy(update={"revision": 0}))
    call = first.ports.objects._call

    def run(world: World) -> None:
        world.ports.queues.send("registrations", {"drop_id": accepted.drop_id, "attempt": 1})
        world.step()

    main = greenlet.getcurrent()
    workers = [greenlet(partial(run, first)), greenlet(partial(run, second))]

    def switching(name: str) -> Any:
        main.switch()
        return call(name)

    first.ports.objects._call = switching  # type: ignore[method-assign]
    for turn in [*turns, *[False, True] * 100]:
        if not workers[turn].dead:
            workers[turn].switch()
    assert all(worker.dead for worker in workers)
    assert len(first.ports.images.bodies) <= 1, turns


def ports_of(name: str) -> MemoryPorts:
    return memory_ports(memory_settings(installation=name))


def test_a_bucket_belongs_to_the_first_that_takes_it() -> None:
    ports = ports_of("first")
    installation.take_bucket(ports.objects, BUCKET, "first", ports.clock())
    installation.take_bucket(ports.objects, BUCKET, "first", ports.clock())
    with pytest.raises(installation.OtherInstallation, match=r"first.*second"):
        installation.take_bucket(ports.objects, BUCKET, "second", ports.clock())


def test_other_failures_of_the_bucket_are_not_taken_for_another_installation() -> None:
    ports = ports_of("first")
    ports.objects.fail("get", ObjectsRefused("AccessDenied", "no"))
    with pytest.raises(ObjectsRefused, match="AccessDenied"):
        installation.may_work_on(ports, BUCKET)


@pytest.mark.usefixtures("_nobody_checks")
def test_the_sweep_does_not_revive_the_drops_of_another_installation(first: World, second: World) -> None:
    accepted_by_both(first, second)
    first.step()
    second.ports.ledger.wipe()
    claim = object_keys.claim_key(first.row().drop_id)
    with pytest.raises(installation.OtherInstallation, match=rf"{claim} was written by the installation 'first'"):
        claims.read_own_claim(second.ports.objects, BUCKET, first.row().drop_id, "second")
    assert second.sweep()["revived"] == 0
    assert second.ports.meter.counts["OtherInstallation"] == 1
    assert object_keys.claim_key(first.row().drop_id) in first.ports.objects.keys(BUCKET)


@pytest.mark.parametrize("name", ["first", "second"])
def test_a_claim_of_an_earlier_version_is_of_this_installation(name: str) -> None:
    world = World(installation=name)
    row = world.accepted(request={"name": "W", "image_url": f"{BUCKET}:{KEY}", "min_disk": 40}, sidecar=SIDECAR)
    claims.write_claim(world.ports.objects, row, "")
    assert claims.read_own_claim(world.ports.objects, BUCKET, row.drop_id, name) is not None


def test_a_name_that_is_not_text_belongs_to_another_installation(first: World) -> None:
    first.ports.objects.put(BUCKET, object_keys.INSTALLATION, b"\xff\xfe")
    with pytest.raises(installation.OtherInstallation, match="written by the installation"):
        installation.take_bucket(first.ports.objects, BUCKET, "first", first.ports.clock())
