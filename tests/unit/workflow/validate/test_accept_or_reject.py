"""A drop whose files are complete is accepted or rejected, and goes on to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from imagedrop.domain import drop as drops
from imagedrop.ports import ObjectsUnavailable, run_in_sequence
from imagedrop.workflow.bucket_records import file_versions
from imagedrop_local.project_paths import function
from tests.support.world import BUCKET, World, ids
from tests.unit.workflow.validate.sample_drop import (
    DATA_KEY,
    KEY,
    SAMPLE,
    SIDECAR_KEY,
    WITH_DATA,
    put_drop,
    sidecar,
)


def test_rejected_drop_keeps_the_facts_of_its_image(world: World) -> None:
    put_drop(world, min_disk=1)
    world.run()
    row = world.row(KEY)
    assert row.stage == "rejected"
    assert row.facts is not None
    assert row.facts["format"] == "qcow2"


def test_image_and_sidecar_become_a_registered_image(world: World) -> None:
    put_drop(world)
    world.run()
    result = world.result(KEY)
    assert (result["stage"], result["attempt"]) == ("registered", 1)
    assert set(result["versions"]) == {KEY, SIDECAR_KEY}
    assert result["drop_id"] == drops.drop_id(BUCKET, KEY, result["etag"])
    body = world.ports.images.bodies[0]
    assert body["image_url"] == f"{BUCKET}:{KEY}"
    assert {"key": "imagedrop", "value": result["drop_id"]} in body["image_tags"]
    assert (body["min_disk"], body["hw_firmware_type"]) == (40, "uefi")
    assert len(world.mails()) == 1


def test_the_image_is_read_in_parallel(world: World) -> None:
    sizes: list[int] = []

    def run_parallel(calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
        sizes.append(len(calls))
        return run_in_sequence(calls)

    world.ports = replace(world.ports, run_parallel=run_parallel)
    put_drop(world)
    world.run()
    assert world.row(KEY).stage == "registered"
    assert max(sizes) > 1


def test_repeated_events_make_one_image_and_one_mail(world: World) -> None:
    put_drop(world)
    for _ in range(5):
        world.event(KEY)
        world.event(SIDECAR_KEY)
    world.run()
    world.event(KEY)
    world.run()
    assert (len(world.ports.images.bodies), len(world.mails())) == (1, 1)


def test_a_rejection_has_every_finding_of_sidecar_and_image_with_its_fix(world: World) -> None:
    world.put(KEY, SAMPLE[:100_000])
    world.put(SIDECAR_KEY, sidecar(nmae="x", min_disk=5, hw_firmware_type="bios"))
    world.run()
    result = world.result(KEY)
    assert result["stage"] == "rejected"
    found = ids(result["findings"])
    assert len([finding for finding in result["findings"] if finding["severity"] == "error"]) >= 3, found
    assert "image.truncated" in found
    assert world.ports.images.calls["create"] == 0
    assert all(finding["fix"] for finding in result["findings"])


def test_a_drop_of_an_owner_with_another_domain_is_rejected_and_the_operator_gets_the_mail() -> None:
    world = World(owner_domains=("corp.example",))
    put_drop(world)
    world.run()
    assert "owner.domain_not_allowed" in ids(world.result(KEY)["findings"])
    assert [mail.to for mail in world.mails()] == ["operator@example.com"]


def test_every_drop_is_rejected_until_the_declarations_are_accepted() -> None:
    world = World(declarations_accepted=False)
    put_drop(world)
    world.run()
    assert world.result(KEY)["stage"] == "rejected"
    assert world.ports.images.calls["create"] == 0


def test_an_image_that_its_sidecar_names_as_data_disk_is_inspected_as_system_disk(world: World) -> None:
    put_drop(world, data_images=[{"file": "w.qcow2"}, {"file": "w.qcow2.json"}])
    world.run()
    found = ids(world.result(KEY)["findings"])
    assert "firmware.unknown" not in found
    assert "image.not_generalized" in found  # a finding of system disks only
    assert world.row(KEY).stage == "rejected"


def test_a_drop_whose_inspection_always_raises_fails_with_reason_internal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError("a bug")

    monkeypatch.setattr("imagedrop.workflow.validate.accept.inspect", broken)
    put_drop(world)
    world.live_through(4)
    assert world.result(KEY)["reason"]["code"] == "internal"
    assert len(world.mails()) == 1


def test_a_bad_message_does_not_stop_the_others(world: World) -> None:
    world.put(KEY, SAMPLE, event=False)
    world.put(SIDECAR_KEY, sidecar(), event=False)
    for body in ({"junk": True}, {"Records": [{"eventName": "ObjectCreated:Put"}]}):
        world.ports.queues.send("drops", body)
    world.event(KEY)
    world.run()
    assert world.row(KEY).stage == "registered"


def test_a_drop_is_registered_after_obs_was_unavailable(world: World) -> None:
    put_drop(world)
    world.ports.objects.fail("head", *(ObjectsUnavailable("503") for _ in range(4)))
    world.ports.objects.fail("read", ObjectsUnavailable("503"))
    world.run()
    assert world.row(KEY).stage == "registered"


def test_newer_content_waits_until_the_import_of_the_older_has_ended(world: World) -> None:
    put_drop(world)
    world.run(30)
    assert world.row(KEY).stage == "importing"
    world.put(KEY, SAMPLE + b"\0" * 512)
    world.run(30)
    stages = sorted(row.stage for row in world.ports.ledger.rows())
    assert stages == ["importing", "waiting"]
    world.live_through(2)
    stages = sorted(row.stage for row in world.ports.ledger.rows())
    # The older drop fails, because its object was replaced while IMS read it.
    assert stages == ["failed", "registered"]


def test_newer_content_is_registered_after_older_content_of_its_key(world: World) -> None:
    put_drop(world)
    world.run()
    world.put(KEY, SAMPLE + b"\0" * 512)
    world.run()
    assert [row.stage for row in world.ports.ledger.rows()] == ["registered", "registered"]


@pytest.mark.parametrize("parts", [{}, WITH_DATA], ids=["sidecar", "data disk"])
def test_file_that_changes_after_the_inspection_is_read_again_before_the_drop_is_accepted(
    world: World, parts: dict[str, Any]
) -> None:
    world.put(KEY, SAMPLE, event=False)
    world.put(DATA_KEY, SAMPLE, event=False)
    world.put(SIDECAR_KEY, sidecar(**parts), event=False)
    changed = (DATA_KEY, SAMPLE + bytes(512)) if parts else (SIDECAR_KEY, sidecar(name="changed"))
    region = world.ports.objects.region

    def change_and_ask(bucket: str) -> str | None:  # it is asked when all files have been inspected
        if not changes:
            world.ports.clock.advance(2)
            world.put(*changed, event=False)
            changes.append(changed[0])
        return region(bucket)

    changes: list[str] = []
    world.ports.objects.region = change_and_ask  # type: ignore[method-assign]
    world.event(KEY)
    function("validate").handle(world.ports.queues.event("drops", limit=1), world.ports)
    row, head = world.row(KEY), world.ports.objects.head(BUCKET, changed[0])
    assert head is not None
    assert (changes, row.stage, row.attempt) == ([changed[0]], "accepted", 1)
    assert row.versions[changed[0]] == file_versions.version_of(head)
