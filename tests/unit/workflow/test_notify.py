"""Every end is delivered as result file, SNS message and mail; twice only after a crash."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import Channel, ChannelDelivery, Owner, Reason
from imagedrop.ports import ErrorClass, ObjectsRefused, ObjectsUnavailable, OutOfTime, ServiceError
from imagedrop_local.project_paths import ROOT
from tests.support.world import KEY, World

CORE = ROOT / "layers/core"


def ended(world: World, **changes: object) -> None:
    row = world.accepted(**changes)  # type: ignore[arg-type]
    reason = Reason(code="sidecar.name", message="the name is bad")
    row = world.ports.ledger.save(transitions.end(row, world.ports.clock(), "rejected", reason))
    world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": row.attempt})


def test_all_channels_deliver_the_same_and_the_row_records_it(world: World) -> None:
    ended(world)
    world.run()
    published = world.ports.topic.published[0]
    assert json.loads(published.body) == world.result()
    assert published.attributes == {"stage": "rejected", "owner": "ada@example.com", "bucket": "drops"}
    assert {channel: delivery.state for channel, delivery in world.row().deliveries.items()} == dict.fromkeys(
        ("result", "sns", "mail"), "done"
    )
    assert not world.row().open


def test_message_sent_twice_notifies_once(world: World) -> None:
    ended(world)
    world.ports.queues.send("notices", {"drop_id": world.row().drop_id, "attempt": 1})
    world.run()
    assert (len(world.mails()), len(world.ports.topic.published)) == (1, 1)


def test_only_the_failed_channel_is_retried(world: World) -> None:
    ended(world)
    world.ports.mail.fail("send", RuntimeError("throttled"), RuntimeError("throttled"))
    world.run()
    assert (len(world.mails()), len(world.ports.topic.published)) == (1, 1)


def test_crash_after_the_mail_is_sent_sends_it_again(world: World) -> None:
    ended(world)
    world.ports.mail.fail("send", RuntimeError("killed"), after=True)
    world.run()
    assert len(world.mails()) == 2
    assert not world.row().open


def test_mail_service_that_takes_mails_and_never_answers_gives_few_doubles(world: World) -> None:
    ended(world)
    lost = ServiceError("unknown", "ReadTimeoutError", "no answer")
    world.ports.mail.fail("send", *[lost] * 100, after=True)
    world.live_through(24)
    assert 10 <= len(world.mails()) <= 14
    assert (len(world.ports.topic.published), world.ports.meter.counts["Redriven"]) == (1, 0)
    assert world.row().deliveries["mail"].state == "sending"
    world.ports.mail._plans.clear()
    world.live_through(4)
    assert not world.row().open


@pytest.mark.parametrize("kind", ["busy", "undelivered", "refused"])
def test_mail_that_was_surely_not_sent_is_sent_again_soon_and_counted_once(kind: ErrorClass) -> None:
    world = World(mails_per_hour=1)
    ended(world)
    world.ports.mail.fail("send", *[ServiceError(kind, "code", "message")] * 3)
    world.run(150)
    assert (len(world.mails()), world.row().deliveries["mail"].state) == (1, "done")


def test_invocation_that_runs_out_of_time_leaves_no_channel_waiting(world: World) -> None:
    ended(world)
    world.ports.topic.fail("publish", OutOfTime("too late"))
    world.run(30)
    assert (len(world.mails()), len(world.ports.topic.published)) == (1, 1)
    assert world.ports.meter.counts["RecordsFailed"] == 0


@pytest.mark.parametrize("error", [ObjectsUnavailable("503"), ObjectsRefused("AccessDenied", "no")])
def test_other_channels_do_not_wait_for_the_bucket(world: World, error: Exception) -> None:
    ended(world)
    world.ports.objects.fail("head", *[error] * 50)
    world.ports.objects.fail("get", *[error] * 50)
    world.run(30)
    assert (len(world.mails()), len(world.ports.topic.published)) == (1, 1)


def test_refused_mail_is_recorded_and_counted(world: World) -> None:
    world.ports.mail.refused.add("ada@example.com")
    ended(world)
    world.run()
    assert world.row().deliveries["mail"].state == "refused"
    assert world.ports.meter.counts["MailRefused"] == 1
    assert world.result()["stage"] == "rejected"


def test_operator_gets_the_mail_when_there_is_no_owner(world: World) -> None:
    ended(world, owner=None)
    world.run()
    assert [mail.to for mail in world.mails()] == ["operator@example.com"]


def test_operator_gets_the_mail_when_the_owner_is_of_another_domain() -> None:
    world = World(owner_domains=("corp.example",))
    ended(world)
    world.run()
    assert [mail.to for mail in world.mails()] == ["operator@example.com"]


def test_mail_above_the_limit_is_skipped_and_the_other_channels_are_used() -> None:
    world = World(mails_per_hour=2)
    for number in range(4):
        row = world.accepted(f"golden/{number}.vhd", str(number).encode())
        world.ports.ledger.save(transitions.end(row, world.ports.clock(), "rejected", None))
        world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})
    world.run(60)
    assert len(world.mails()) == 2
    assert len(world.ports.topic.published) == 4
    assert sum(row.deliveries["mail"].state == "skipped" for row in world.ports.ledger.rows()) == 2


def test_chinese_owner_gets_chinese_mail_with_hostile_text_escaped(world: World) -> None:
    sidecar = {"name": "<b>W</b>\r\nBcc: x@y"}
    ended(world, owner=Owner(email="li@example.com", name="<i>李</i>", language="zh"), sidecar=sidecar)
    world.run()
    mail = world.mails()[0]
    assert mail.subject.startswith("镜像未注册")
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert "<i>" not in mail.html
    assert "李" in mail.html


def test_file_changed_before_the_notice_is_validated_again(world: World) -> None:
    ended(world)
    world.put(KEY, b"fixed", event=False)
    world.step()
    assert world.ports.queues.bodies("drops") == [{"bucket": "drops", "key": KEY}]


def test_mail_is_sent_while_the_topic_fails(world: World) -> None:
    world.ports.topic.fail("publish", *(RuntimeError("no such topic") for _ in range(5)))
    ended(world)
    world.run(120)
    assert len(world.mails()) == 1
    assert world.result()["stage"] == "rejected"
    assert world.row().open
    world.run()
    assert (len(world.mails()), len(world.ports.topic.published)) == (1, 1)
    assert not world.row().open


def test_older_end_does_not_overwrite_the_result_of_newer_content(world: World) -> None:
    world.ports.objects.fail("put", RuntimeError("throttled"))
    ended(world)
    world.run(5)
    world.ports.ledger.release_key(world.row())  # for `accepted`, which takes no key over
    world.ports.clock.advance(10)
    ended(world, body=b"newer")
    world.run()
    assert [row.deliveries["result"].state for row in world.ports.ledger.rows()] == ["skipped", "done"]
    assert len(world.mails()) == 2


def test_no_channel_is_used_while_another_worker_sends(world: World) -> None:
    ended(world)
    row, now = world.row(), world.ports.clock()
    deliveries = row.deliveries | {"sns": drops.ChannelDelivery(state="sending", at=world.now())}
    claimed = world.ports.ledger.save(row.updated(now, deliveries=deliveries))
    world.run(60)
    assert world.row().deliveries["mail"].state == "pending"
    assert world.row().revision <= claimed.revision + 2  # the result file, which comes before


@pytest.mark.parametrize(("channel", "minutes"), [("result", 3), ("sns", 24), ("mail", 24)])
def test_channel_whose_sending_was_repeated_is_left_longer_to_the_worker_that_sends(
    world: World, channel: Channel, minutes: int
) -> None:
    """But a result file may be written twice."""
    ended(world)
    sending = ChannelDelivery(state="sending", at=world.now(), repeats=3)
    world.ports.ledger.save(world.row().updated(world.ports.clock(), deliveries={channel: sending}))
    world.run(minutes * 60 - 5)
    assert world.row().open
    world.run(10)
    assert not world.row().open


def test_findings_are_in_chinese_in_a_process_that_has_raised_none() -> None:
    code = (
        "from imagedrop.findings import Finding; from imagedrop.findings.catalogue import text_of;"
        "print(*text_of(Finding('sidecar.empty', 'error', 'm', 'f'), 'zh'))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=CORE)
    assert "描述文件" in ran.stdout.decode()


def ended_many(world: World, count: int, email: str = "ada@example.com") -> None:
    for number in range(count):
        key = f"{email}/{number}.vhd"
        row = world.accepted(key, key.encode(), owner=Owner(email=email))
        world.ports.ledger.save(transitions.end(row, world.ports.clock(), "rejected", None))
        world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})


def test_spellings_of_one_address_share_a_limit() -> None:
    world = World(mails_per_hour=2)
    for email in ("ada@example.com", "ADA@example.com", "ada+1@example.com", "bob@example.com"):
        ended_many(world, 1, email)
    world.run(60)
    assert [mail.to for mail in world.mails()] == ["ada@example.com", "ADA@example.com", "bob@example.com"]
    assert world.ports.meter.counts["MailLimited"] == 1


def test_limit_is_per_hour() -> None:
    world = World(mails_per_hour=1)
    for _ in range(2):
        ended_many(world, 1, f"ada+{world.now()}@example.com".replace(":", ""))
        world.run(60)
        world.ports.clock.advance(3600)
    assert len(world.mails()) == 2


def test_operator_has_the_same_limit() -> None:
    world = World(mails_per_hour=1, owner_domains=("corp.example",))
    ended_many(world, 2)
    world.run(60)
    assert [mail.to for mail in world.mails()] == ["operator@example.com"]
    assert all(not row.open for row in world.ports.ledger.rows())


def test_mail_sent_again_is_counted_once() -> None:
    world = World(mails_per_hour=2)
    ended_many(world, 1)
    world.ports.mail.fail("send", *[ServiceError("unknown", "ReadTimeoutError", "no answer")] * 2)
    world.run(1800)
    ended_many(world, 1, "Ada@example.com")
    world.run(60)
    assert [mail.to for mail in world.mails()] == ["ada@example.com", "Ada@example.com"]


def test_operator_gets_the_mail_when_the_owner_is_no_valid_address(world: World) -> None:
    ended(world, owner=Owner(email="ada@example.com, eve@evil.example"))
    world.run()
    assert [mail.to for mail in world.mails()] == ["operator@example.com"]
    assert "owner" not in world.ports.topic.published[0].attributes


def test_sns_message_is_ascii_and_equals_the_result_file(world: World) -> None:
    ended(
        world,
        sidecar={"name": "窗\ufffe\u202e"},
        findings=({"id": "x", "severity": "info", "message": "\ufffe\u202e窗", "fix": ""},),
    )
    world.run()
    body = world.ports.topic.published[0].body
    assert body.isascii()
    assert json.loads(body) == world.result()
