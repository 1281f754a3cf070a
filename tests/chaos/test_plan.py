"""The plan is drawn from a seed; the relay reads calls, rows and mails; costs count tasks."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from imagedrop.adapters.dynamodb.items import from_dynamodb, to_drop, to_dynamodb, to_row
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.domain.lateness import Late
from imagedrop.notices import late_letter, letter
from imagedrop_local.faults import Fault
from imagedrop_local.switches import Switches
from tests.chaos import contents, drops, plan
from tests.chaos.costs import most_at_once
from tests.chaos.plan import KILLS, WIPES
from tests.chaos.relay import call_name, mail_notice, written_rows

WHEN = "2026-11-24T13:00:00.000Z"


def test_same_seed_gives_same_plan() -> None:
    assert plan.draw(3, 60, pace=1) == plan.draw(3, 60, pace=1)
    assert plan.draw(3, 60, pace=1) != plan.draw(4, 60, pace=1)


def test_long_plan_has_every_kind_of_drop_and_kill() -> None:
    drawn = plan.draw(3, 1000, pace=1)
    assert {how for _, how in drawn.kills} == set(KILLS)
    contents_used = {upload.content for upload in drawn.uploads}
    assert contents_used >= {
        "image-1",
        "image-2",
        "cut-1",
        "good",
        "bad",
        "misspelt",
        "junk",
        "renamed",
        "with data.qcow2",
    }
    times = [upload.at for upload in drawn.uploads]
    assert times == sorted(times)


def test_short_plan_has_a_kill_and_a_wipe() -> None:
    kills = [kill for _, kill in plan.draw(3, 10, pace=1).kills]
    assert "stack" in kills
    assert set(kills) <= WIPES
    assert any(kill.endswith("folder") for kill in kills)


@pytest.mark.parametrize("count", [10, 1000])
def test_simulators_accept_every_fault_and_switch(count: int) -> None:
    for seed in range(20):
        drawn = plan.draw(seed, count, pace=1)
        assert [Fault.model_validate(fault) for fault in drawn.faults]
        Switches.model_validate({name: _value(value) for name, value in drawn.switches.items()})


def test_every_drop_has_different_content() -> None:
    uploads = list(drops.draw(Random(1), 200, 100))
    images = {(upload.key, upload.content) for upload in uploads if not upload.key.endswith(object_keys.SIDECAR_SUFFIX)}
    assert len({hash(contents.body(*image)) for image in images}) == len(images)
    names = {upload.key.rpartition("/")[2].partition(".")[0] for upload in uploads}
    assert names >= {f"d{number:04}" for number in range(200)}


def test_call_is_named_from_header_form_or_path() -> None:
    assert call_name("DynamoDB_20120810.PutItem", "/", b"") == "dynamodb.PutItem"
    assert call_name("AmazonSQS.SendMessage", "/", b"") == "sqs.SendMessage"
    assert call_name("", "/v2/email/outbound-emails", b"{}") == "ses.SendEmail"
    assert call_name("", "/", b"Action=Publish&Message=x") == "sns.Publish"


def test_rows_are_found_in_puts_and_transactions() -> None:
    row = _row("registered")
    item = to_dynamodb(to_row(row))
    steps = [
        {"Put": {"Item": item}},
        {"Put": {"Item": to_dynamodb({"pk": "live:x", "drop_id": "x"})}},
        {"ConditionCheck": {}},
    ]
    for call in ({"Item": item}, {"TransactItems": steps}):
        assert [to_drop(from_dynamodb(found)) for found in written_rows(call)] == [row]
    assert not list(written_rows({"Item": to_dynamodb({"pk": "note:sweep", "note": "{}"})}))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("drop_id", ["A-_" * 14 + "b", "waiting:drops/k1/d 1.qcow2"])
def test_mail_names_drop_and_attempt(language: Any, drop_id: str) -> None:
    text = letter(_row("rejected", drop_id), language).text
    call = {"Content": {"Simple": {"Body": {"Text": {"Data": text}}}}, "Destination": {"ToAddresses": ["ada@x.com"]}}
    notice = mail_notice(1.0, call)
    assert notice is not None
    assert (notice.end, notice.to, notice.channel) == ((drop_id, 12), "ada@x.com", "mail")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_mail_about_a_delay_is_no_notice_of_an_end(language: Any) -> None:
    row = _row("rejected", "A-_" * 14 + "b").model_copy(update={"stage": "importing"})
    text = late_letter(row, Late("importing", row.updated_at), language).text
    assert mail_notice(1.0, {"Content": {"Simple": {"Body": {"Text": {"Data": text}}}}}) is None


def test_tasks_at_once_are_counted_by_images() -> None:
    def job(submitted: int, ended: int | None, images: int = 1) -> dict[str, Any]:
        at = [f"2026-11-24T13:00:{second:02}+00:00" if second is not None else None for second in (submitted, ended)]
        return {"submitted": at[0], "ended": at[1], "images": [{}] * images}

    assert most_at_once([]) == 0
    assert most_at_once([job(0, 5), job(5, 9)]) == 1  # one ends when the other begins
    assert most_at_once([job(0, 5), job(4, None, images=3), job(6, 7)]) == 4


def _row(stage: Any, drop_id: str = "x" * 43) -> Drop:
    dates = dict.fromkeys(("received_at", "updated_at", "deadline_at", "ended_at"), WHEN)
    return Drop(drop_id=drop_id, bucket="b", key="k", stage=stage, attempt=12, **dates)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
