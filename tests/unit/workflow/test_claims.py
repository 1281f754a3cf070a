"""Which claims tell more than their rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imagedrop.domain.object_keys import claim_key
from imagedrop.workflow.bucket_records.claims import Claim, is_ahead, read_claim, write_claim
from tests.support.world import BUCKET, World

AT = "2026-11-24T13:00:00.000Z"
SENT: dict[str, Any] = {"stage": "submitting", "sent_at": AT, "calls": 1}
IMPORTING = SENT | {"stage": "importing", "job_started_at": AT}
REFUSED: dict[str, Any] = {"stage": "accepted", "calls": 1}
OLDER_VERSION = SENT | {"calls": 0}


@pytest.mark.parametrize(
    ("claimed", "row", "ahead"),
    [
        ({"attempt": 2}, {"attempt": 1}, True),
        ({"attempt": 1, **IMPORTING}, {"attempt": 2}, False),
        (SENT, {}, True),  # a restored backup, or a crash between claim and row
        (SENT, SENT, False),
        (SENT, REFUSED, False),  # the claim could not be written again
        (SENT, SENT | {"calls": 2}, False),  # a slow worker wrote it over the claim of the second call
        (REFUSED, SENT | {"calls": 2}, False),
        (SENT | {"calls": 2}, SENT, True),
        (IMPORTING, SENT, True),  # the row does not know the job
        (IMPORTING, REFUSED | {"restarts": 1}, False),  # the job has failed
        ({}, {}, False),
        (OLDER_VERSION, {}, True),
        (OLDER_VERSION, OLDER_VERSION, False),
        (OLDER_VERSION | {"stage": "importing"}, {"restarts": 1}, False),
    ],
)
def test_claim_is_ahead_only_if_it_knows_a_later_call(
    claimed: dict[str, Any], row: dict[str, Any], ahead: bool
) -> None:
    accepted = World().accepted()
    assert is_ahead(accepted.model_copy(update=claimed), accepted.model_copy(update=row)) is ahead


def test_claim_names_its_schema_and_its_installation(world: World) -> None:
    row = world.accepted()
    write_claim(world.ports.objects, row, "eu-west-1/imagedrop")
    written = json.loads(world.ports.objects.body(BUCKET, claim_key(row.drop_id)) or b"")
    assert (written["schema"], written["installation"], written["drop_id"]) == (1, "eu-west-1/imagedrop", row.drop_id)
    assert read_claim(world.ports.objects, BUCKET, row.drop_id) == Claim(
        row.model_copy(update={"revision": 0}), "eu-west-1/imagedrop"
    )
