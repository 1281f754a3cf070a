"""Every end is told: result file, SNS message, mail; never none, and twice only after a crash."""

from __future__ import annotations

import json
import subprocess
import sys

from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import Owner, Reason
from imagedrop_local.project_paths import ROOT
from tests.support.world import KEY, World

CORE = ROOT / "layers/core"


def ended(world: World, **changes: object) -> None:
    row = world.accepted(**changes)  # type: ignore[arg-type]
    reason = Reason(code="sidecar.name", message="the name is bad")
    row = world.ports.ledger.save(transitions.end(row, world.ports.clock(), "rejected", reason))
    world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": row.attempt})


def test_all_three_say_the_same_and_the_row_says_that_they_did(world: World) -> None:
    ended(world)
    world.run()
    published = world.ports.topic.published[0]
    assert json.loads(published.body) == world.result()
    assert published.attributes == {"stage": "rejected", "owner": "ada@example.com", "bucket": "drops"}
    assert {channel: told.state for channel, told in world.row().deliveries.items()} == dict.fromkeys(
        ("result", "sns", "mail"), "done"
    )
    assert not world.row().open


def test_a_doubled_message_tells_nobody_twice(world: World) -> None:
    ended(world)
    world.ports.queues.send("notices", {"drop_id": world.row().drop_id, "attempt": 1})
    world.run()
    assert (len(world.mails()), len(world.ports.topic.published)) == (1, 1)


def test_a_channel_that_fails_is_tried_again_and_the_others_are_not(world: World) -> None:
    ended(world)
    world.ports.mail.fail("send", RuntimeError("throttled"), RuntimeError("throttled"))
    world.run()
    assert (len(world.mails()), len(world.ports.topic.published)) == (1, 1)


def test_a_crash_between_acceptance_and_record_tells_twice_rather_than_never(world: World) -> None:
    ended(world)
    world.ports.mail.fail("send", RuntimeError("killed"), after=True)
    world.run()
    assert len(world.mails()) == 2
    assert not world.row().open


def test_a_mail_that_is_refused_for_good_is_recorded_and_counted(world: World) -> None:
    world.ports.mail.refused.add("ada@example.com")
    ended(world)
    world.run()
    assert world.row().deliveries["mail"].state == "refused"
    assert world.ports.meter.counts["MailRefused"] == 1
    assert world.result()["stage"] == "rejected"


def test_without_a_readable_owner_the_operator_is_told(world: World) -> None:
    ended(world, owner=None)
    world.run()
    assert [mail.to for mail in world.mails()] == ["operator@example.com"]


def test_an_owner_of_a_foreign_domain_is_not_written_to() -> None:
    world = World(owner_domains=("corp.example",))
    ended(world)
    world.run()
    assert [mail.to for mail in world.mails()] == ["operator@example.com"]


def test_above_the_limit_the_mail_is_skipped_and_recorded_and_the_rest_goes_out() -> None:
    world = World(mails_per_hour=2)
    for number in range(4):
        row = world.accepted(f"golden/{number}.vhd", str(number).encode())
        world.ports.ledger.save(transitions.end(row, world.ports.clock(), "rejected", None))
        world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})
    world.run(60)
    assert len(world.mails()) == 2
    assert len(world.ports.topic.published) == 4
    assert sum(row.deliveries["mail"].state == "skipped" for row in world.ports.ledger.rows()) == 2


def test_a_chinese_owner_is_written_to_in_chinese_and_hostile_text_stays_text(world: World) -> None:
    sidecar = {"name": "<b>W</b>\r\nBcc: x@y"}
    ended(world, owner=Owner(email="li@example.com", name="<i>李</i>", language="zh"), sidecar=sidecar)
    world.run()
    mail = world.mails()[0]
    assert mail.subject.startswith("镜像未通过检查")
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert "<i>" not in mail.html
    assert "李" in mail.html


def test_a_file_that_changed_meanwhile_is_looked_at_again(world: World) -> None:
    ended(world)
    world.put(KEY, b"mended", event=False)
    world.step()
    assert world.ports.queues.bodies("drops") == [{"bucket": "drops", "key": KEY}]


def test_a_topic_that_is_out_of_order_keeps_no_mail_from_its_owner(world: World) -> None:
    world.ports.topic.fail("publish", *(RuntimeError("no such topic") for _ in range(5)))
    ended(world)
    world.run(120)
    assert len(world.mails()) == 1
    assert world.result()["stage"] == "rejected"
    assert world.row().open
    world.run()
    assert (len(world.mails()), len(world.ports.topic.published)) == (1, 1)
    assert not world.row().open


def test_the_result_of_newer_content_is_not_written_over_by_an_older_end(world: World) -> None:
    world.ports.objects.fail("put", RuntimeError("throttled"))
    ended(world)
    world.run(5)
    world.ports.ledger.release_key(world.row())  # for `accepted`, which takes no key over
    world.ports.clock.advance(10)
    ended(world, body=b"newer")
    world.run()
    assert [row.deliveries["result"].state for row in world.ports.ledger.rows()] == ["skipped", "done"]
    assert len(world.mails()) == 2


def test_a_worker_in_the_middle_of_a_channel_is_left_alone_with_all_of_them(world: World) -> None:
    ended(world)
    row, now = world.row(), world.ports.clock()
    told = row.deliveries | {"sns": drops.ChannelDelivery(state="sending", at=world.now())}
    claimed = world.ports.ledger.save(row.updated(now, deliveries=told))
    world.run(60)
    assert world.row().deliveries["mail"].state == "pending"
    assert world.row().revision <= claimed.revision + 2  # the result file, which comes before


def test_findings_are_told_in_chinese_by_a_process_that_has_raised_none() -> None:
    code = (
        "from imagedrop.findings import Finding; from imagedrop.workflow import notify;"
        "print(*Finding('sidecar.empty', 'error', 'm', 'f').text('zh'))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=CORE)
    assert "描述文件" in ran.stdout.decode()


def ended_many(world: World, count: int, email: str = "ada@example.com") -> None:
    for number in range(count):
        key = f"{email}/{number}.vhd"
        row = world.accepted(key, key.encode(), owner=Owner(email=email))
        world.ports.ledger.save(transitions.end(row, world.ports.clock(), "rejected", None))
        world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})


def test_the_spellings_of_an_address_share_one_limit_and_others_have_their_own() -> None:
    world = World(mails_per_hour=2)
    for email in ("ada@example.com", "ADA@example.com", "ada+1@example.com", "bob@example.com"):
        ended_many(world, 1, email)
    world.run(60)
    assert [mail.to for mail in world.mails()] == ["ada@example.com", "ADA@example.com", "bob@example.com"]
    assert world.ports.meter.counts["MailLimited"] == 1


def test_the_limit_is_of_an_hour() -> None:
    world = World(mails_per_hour=1)
    for _ in range(2):
        ended_many(world, 1, f"ada+{world.now()}@example.com".replace(":", ""))
        world.run(60)
        world.ports.clock.advance(3600)
    assert len(world.mails()) == 2


def test_the_operator_has_the_same_limit() -> None:
    world = World(mails_per_hour=1, owner_domains=("corp.example",))
    ended_many(world, 2)
    world.run(60)
    assert [mail.to for mail in world.mails()] == ["operator@example.com"]
    assert all(not row.open for row in world.ports.ledger.rows())


def test_a_mail_that_is_sent_again_is_counted_once() -> None:
    world = World(mails_per_hour=2)
    ended_many(world, 1)
    world.ports.mail.fail("send", *(RuntimeError("throttled") for _ in range(4)))
    world.run(1800)
    ended_many(world, 1, "Ada@example.com")
    world.run(60)
    assert [mail.to for mail in world.mails()] == ["ada@example.com", "Ada@example.com"]


def test_an_owner_that_only_a_forged_claim_can_hold_is_not_written_to(world: World) -> None:
    ended(world, owner=Owner(email="ada@example.com, eve@evil.example"))
    world.run()
    assert [mail.to for mail in world.mails()] == ["operator@example.com"]
    assert "owner" not in world.ports.topic.published[0].attributes


def test_what_machines_are_told_is_ascii_and_the_same_document(world: World) -> None:
    ended(
        world,
        sidecar={"name": "窗\ufffe\u202e"},
        findings=({"id": "x", "severity": "info", "message": "\ufffe\u202e窗", "fix": ""},),
    )
    world.run()
    body = world.ports.topic.published[0].body
    assert body.isascii()
    assert json.loads(body) == world.result()
