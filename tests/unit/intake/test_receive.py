"""Which pushes are taken, what becomes of them, and what the others are told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagedrop.intake import webhook_secret
from imagedrop.intake.http_get import FetchFailed, FetchTooLarge
from imagedrop.intake.receive import PushChecks, PushResponse, receive_push
from imagedrop_local.memory import MemoryLedger, MemoryPorts, MemoryQueues, memory_ports, memory_settings
from tests.unit.intake.bad_pushes import BAD, Bad
from tests.unit.intake.pushes import CERTIFICATE, CONFIRM, SECRET, SECRET_ID, TOPIC, Key, Web, post, signed, unsigned

DROP = {"bucket": "drops", "key": "a/b.vhd"}


def created(key: str, bucket: str = "drops") -> dict[str, Any]:
    return {"eventName": "ObjectCreated:Put", "obs": {"bucket": {"name": bucket}, "object": {"key": key}}}


def notification(key: Key, *records: Any, **changes: Any) -> dict[str, Any]:
    return signed(key, unsigned(message=json.dumps({"Records": records}), **changes))


def said(answer: PushResponse) -> dict[str, Any]:
    assert "\n" not in answer.body
    body: dict[str, Any] = json.loads(answer.body)
    assert (answer.status != 200) == ("error" in body)
    return body


def test_a_signed_push_is_enqueued(key: Key, ports: MemoryPorts, gate: PushChecks) -> None:
    answer = receive_push(post(signed(key, unsigned())), ports, gate)
    assert (answer.status, said(answer)) == (200, {"enqueued": 1, "ignored": 0, "bad": 0})
    assert ports.queues.bodies("drops") == [DROP]
    assert ports.meter.counts == {"DropsEnqueued": 1}


@pytest.mark.parametrize("secret", [SECRET, SECRET + "\n"])
def test_the_secret_header_does_as_well_for_any_envelope(secret: str, ports: MemoryPorts, gate: PushChecks) -> None:
    gate = replace(gate, secret={SECRET_ID: secret}.__getitem__)
    for body in (unsigned(), {"Records": [created("a%2Fb.vhd")]}, DROP, [created("a/b.vhd")]):
        assert receive_push(post(body, x_imagedrop_secret=SECRET), ports, gate).status == 200
    assert ports.queues.bodies("drops") == [DROP] * 4


def test_a_signed_push_needs_no_secret_even_with_a_wrong_one(key: Key, ports: MemoryPorts, gate: PushChecks) -> None:
    assert receive_push(post(signed(key, unsigned()), x_imagedrop_secret="wrong"), ports, gate).status == 200


def test_a_doubled_event_makes_one_message(key: Key, ports: MemoryPorts, gate: PushChecks) -> None:
    twice = notification(key, created("a%2Fb.vhd"), created("a/b.vhd"), created("c.vhd"))
    assert said(receive_push(post(twice), ports, gate))["enqueued"] == 2
    assert ports.queues.bodies("drops") == [DROP, {"bucket": "drops", "key": "c.vhd"}]


def test_records_that_are_no_drop_of_ours_are_ignored_and_counted(key: Key, gate: PushChecks) -> None:
    ports = memory_ports(memory_settings(smn_topic_urn=TOPIC, drop_prefix="in/"))
    push = notification(
        key,
        created("in/a.vhd"),
        created("in/a.vhd.json"),
        created("in/a.vhd.result.json"),
        created(".imagedrop/x.json"),
        created("elsewhere/a.vhd"),
        created("in/a.vhd", "another-bucket"),
        {**created("in/a.vhd"), "eventName": "ObjectRemoved:Delete"},
        created("in/50%.vhd"),
    )
    assert said(receive_push(post(push), ports, gate)) == {"enqueued": 2, "ignored": 5, "bad": 1}
    assert [body["key"] for body in ports.queues.bodies("drops")] == ["in/a.vhd", "in/a.vhd.json"]
    assert ports.meter.counts == {"DropsEnqueued": 2, "EventsIgnored": 5, "EventsForeignBucket": 1, "EventsBad": 1}


def test_an_event_for_another_bucket_is_logged_with_bucket_and_key(
    key: Key, ports: MemoryPorts, gate: PushChecks, caplog: pytest.LogCaptureFixture
) -> None:
    push = notification(key, created("a.vhd"), *(created(f"{number}.vhd", "theirs") for number in range(9)))
    assert said(receive_push(post(push), ports, gate)) == {"enqueued": 1, "ignored": 9, "bad": 0}
    assert ports.meter.counts["EventsForeignBucket"] == 9
    logged = [record.__dict__ for record in caplog.records if record.levelname == "WARNING"]
    assert [(record["bucket"], record["key"]) for record in logged] == [("theirs", f"{n}.vhd") for n in range(5)]


def test_nothing_to_enqueue_makes_no_call(key: Key, ports: MemoryPorts, gate: PushChecks) -> None:
    assert receive_push(post(notification(key)), ports, gate).status == 200
    assert ports.queues.calls["send_many"] == 0


@pytest.mark.parametrize("message", ["a text for people", "", '{"Records": [{}]}'])
def test_smn_is_never_told_off_for_what_somebody_else_published(
    message: str, key: Key, ports: MemoryPorts, gate: PushChecks
) -> None:
    answer = receive_push(post(signed(key, unsigned(message=message))), ports, gate)
    assert said(answer) == {"enqueued": 0, "ignored": 0, "bad": 1}


def test_whoever_knows_the_secret_is_told_what_is_bad(ports: MemoryPorts, gate: PushChecks) -> None:
    answer = receive_push(post({"Records": [created("50%.vhd")]}, x_imagedrop_secret=SECRET), ports, gate)
    assert answer.status == 400
    assert said(answer)["error"].startswith("at .Records[0]: the object key")


def test_a_subscription_of_the_topic_is_confirmed(key: Key, ports: MemoryPorts, gate: PushChecks, web: Web) -> None:
    answer = receive_push(post(signed(key, unsigned("SubscriptionConfirmation"))), ports, gate)
    assert said(answer) == {"confirmed": True}
    assert web.asked == [CERTIFICATE, CONFIRM]
    assert ports.queues.bodies("drops") == []


def test_a_long_page_after_the_confirmation_is_no_failure(
    key: Key, ports: MemoryPorts, gate: PushChecks, web: Web
) -> None:
    web.pages[CONFIRM] = FetchTooLarge("long")
    assert receive_push(post(signed(key, unsigned("SubscriptionConfirmation"))), ports, gate).status == 200


def test_a_cancelled_subscription_is_not_taken_up_again(
    key: Key, ports: MemoryPorts, gate: PushChecks, web: Web
) -> None:
    answer = receive_push(post(signed(key, unsigned("UnsubscribeConfirmation"))), ports, gate)
    assert said(answer) == {"unsubscribed": True}
    assert web.asked == [CERTIFICATE]
    assert ports.meter.counts["Unsubscribed"] == 1


@pytest.mark.parametrize("kind", ["HttpSubscriptionUserConfirm", "Something new", 5, None, ["Notification"]])
def test_types_to_come_are_acknowledged_and_nothing_else(
    kind: Any, ports: MemoryPorts, gate: PushChecks, web: Web
) -> None:
    assert receive_push(post(unsigned() | {"type": kind}), ports, gate).status == 200
    assert (web.asked, ports.queues.bodies("drops")) == ([], [])


@pytest.mark.parametrize(
    "url",
    [
        CONFIRM.replace("https", "http"),
        CONFIRM.replace("console.", "consolex."),
        CONFIRM.replace("huaweicloud.com/", "huaweicloud.com.evil.example/"),
        CONFIRM.replace("huaweicloud.com/", "huaweicloud.com@evil.example/"),
        CONFIRM.replace("huaweicloud.com/", "huaweicloud.com:8443/"),
        CONFIRM.replace("https://", "https://user@"),
        CONFIRM + "#x",
        CONFIRM + "\n",
        CONFIRM.replace("/smn/", "\\smn/"),
        "https://console.huaweicloud.com",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_a_confirmation_anywhere_else_is_not_called(
    url: str, key: Key, ports: MemoryPorts, gate: PushChecks, web: Web
) -> None:
    answer = receive_push(post(signed(key, unsigned("SubscriptionConfirmation", subscribe_url=url))), ports, gate)
    assert answer.status == 403
    assert "subscribe_url" in said(answer)["error"]
    assert web.asked == [CERTIFICATE]


def test_the_secret_does_not_replace_the_signature_of_a_confirmation(
    ports: MemoryPorts, gate: PushChecks, web: Web
) -> None:
    request = post(unsigned("SubscriptionConfirmation"), x_imagedrop_secret=SECRET)
    assert receive_push(request, ports, gate).status == 401
    assert web.asked == []


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.what)
def test_a_bad_push_enqueues_nothing_is_counted_and_hears_why(
    bad: Bad, key: Key, other_key: Key, ports: MemoryPorts, gate: PushChecks, web: Web
) -> None:
    if bad.after:
        assert receive_push(bad.after(key, other_key), ports, gate).status == 200
    if bad.down:
        web.pages[bad.down] = FetchFailed("timed out")
    queued, asked = ports.queues.bodies("drops"), len(web.asked)
    ports.meter.counts.clear()
    answer = receive_push(bad.make(key, other_key), ports, gate)
    assert answer.status == bad.status
    assert said(answer)
    assert SECRET not in answer.body
    assert ports.queues.bodies("drops") == queued
    refused = {"PushesRefused": 1} if 400 <= bad.status < 500 else {}
    assert ports.meter.counts == refused | {f"Pushes{bad.fault}": 1}
    assert web.asked[asked:] in ([], [CERTIFICATE])


def test_a_push_that_only_just_is_of_our_time_is_taken(key: Key, ports: MemoryPorts, gate: PushChecks) -> None:
    for number, stamp in enumerate(("2026-11-24T12:00:00Z", "2026-11-24T14:00:00.123Z", "2026-11-24T21:00:00+08:00")):
        push = signed(key, unsigned(timestamp=stamp, message_id=str(number)))
        assert said(receive_push(post(push), ports, gate))["enqueued"] == 1


def test_how_far_a_push_may_be_from_now_is_a_setting(key: Key, gate: PushChecks) -> None:
    ports = memory_ports(memory_settings(smn_topic_urn=TOPIC, smn_max_age=60))
    ports.clock.advance(60)
    assert receive_push(post(signed(key, unsigned())), ports, gate).status == 403
    ports.clock.advance(-1)
    assert receive_push(post(signed(key, unsigned())), ports, gate).status == 200


def test_a_push_whose_drops_were_not_enqueued_is_taken_when_it_comes_again(
    key: Key, ports: MemoryPorts, gate: PushChecks
) -> None:
    push = post(signed(key, unsigned()))
    ports.queues.fail("send_many", RuntimeError("throttled"))
    assert [receive_push(push, ports, gate).status for _ in range(3)] == [503, 200, 200]
    assert ports.queues.bodies("drops") == [DROP]
    assert ports.meter.counts["PushesRepeated"] == 1


def test_a_crash_before_a_push_is_remembered_enqueues_twice_rather_than_never(
    key: Key, ports: MemoryPorts, gate: PushChecks
) -> None:
    push = post(signed(key, unsigned()))
    ports.ledger.fail("store", SystemExit())
    with pytest.raises(SystemExit):
        receive_push(push, ports, gate)
    assert receive_push(push, ports, gate).status == 200
    assert ports.queues.bodies("drops") == [DROP, DROP]


@pytest.mark.parametrize("call", ["load", "store"])
def test_a_memory_that_fails_lets_the_push_in_and_is_counted(
    call: str, key: Key, ports: MemoryPorts, gate: PushChecks
) -> None:
    ports.ledger.fail(call, RuntimeError("throttled"))
    assert said(receive_push(post(signed(key, unsigned())), ports, gate))["enqueued"] == 1
    assert ports.meter.counts["ReplaysUnknown"] == 1


def test_a_memory_that_fails_is_waited_for_once(
    key: Key, ports: MemoryPorts, gate: PushChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SMN does not wait for ever, and a ledger that hangs costs seconds each time."""
    ports.ledger.fail("load", RuntimeError("it hangs"))
    monkeypatch.setattr(ports.ledger, "store", lambda *_: pytest.fail("asked again"))
    assert said(receive_push(post(signed(key, unsigned())), ports, gate))["enqueued"] == 1


class Noting(MemoryLedger):
    """Until when notes are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[datetime | None] = []

    def store(self, name: str, value: Mapping[str, Any], until: datetime | None = None) -> None:
        super().store(name, value, until)
        self.kept.append(until)


def test_a_push_is_remembered_as_long_as_it_would_be_taken(key: Key, ports: MemoryPorts, gate: PushChecks) -> None:
    memory = Noting()
    receive_push(post(signed(key, unsigned(timestamp="2026-11-24T13:59:00Z"))), replace(ports, ledger=memory), gate)
    assert memory.kept == [datetime(2026, 11, 24, 15, 4, tzinfo=UTC)]


def test_of_a_key_that_is_given_twice_what_is_checked_is_what_is_used(
    key: Key, ports: MemoryPorts, gate: PushChecks
) -> None:
    good = json.dumps(signed(key, unsigned()))
    evil = json.dumps(json.dumps({"Records": [created("evil.vhd")]}))
    for body in (good[:-1] + f', "message": {evil}}}', f'{{"message": {evil}, ' + good[1:]):
        receive_push(post(body.encode()), ports, gate)
    assert ports.queues.bodies("drops") == [DROP]


def test_without_a_configured_secret_no_header_opens(gate: PushChecks) -> None:
    ports = memory_ports(memory_settings(smn_topic_urn=TOPIC))
    for secret in ("", SECRET):
        assert receive_push(post(DROP, x_imagedrop_secret=secret), ports, gate).status == 401


def test_an_empty_secret_opens_to_nobody(ports: MemoryPorts, gate: PushChecks) -> None:
    gate = replace(gate, secret=Vault(" \n").secret)
    for given_secret in (" ", "\n", " \n"):
        assert receive_push(post(DROP, x_imagedrop_secret=given_secret), ports, gate).status == 401


def test_nothing_fits_no_secret() -> None:
    assert not webhook_secret.matches("", "a\n\nb\n")
    assert webhook_secret.matches("b", "a\n\nb\n")


class Vault:
    """A secret that is exchanged while a process keeps what it has read; `reads` anew."""

    def __init__(self, *values: str) -> None:
        self.values, self.kept, self.reads = list(values), values[0], 0

    def secret(self, secret_id: str) -> str:
        return {SECRET_ID: self.kept}[secret_id]

    def renew(self, secret_id: str) -> bool:
        self.reads += 1
        old, self.kept = self.kept, self.values[-1]
        return self.kept != old


def opened(vault: Vault, given: str, ports: MemoryPorts, gate: PushChecks) -> bool:
    gate = replace(gate, secret=vault.secret, renew=vault.renew)
    return receive_push(post(DROP, x_imagedrop_secret=given), ports, gate).status == 200


def test_while_a_secret_is_exchanged_the_old_and_the_new_open(ports: MemoryPorts, gate: PushChecks) -> None:
    vault = Vault("old secret\r\nnew secret\n\n")
    assert opened(vault, "old secret", ports, gate)
    assert opened(vault, "new secret", ports, gate)
    assert not opened(vault, "old secret\r\nnew secret", ports, gate)
    assert not opened(vault, "secret", ports, gate)


def test_a_secret_that_does_not_fit_is_read_anew(ports: MemoryPorts, gate: PushChecks) -> None:
    vault = Vault("old", "new")
    assert opened(vault, "old", ports, gate)
    assert vault.reads == 0
    assert opened(vault, "new", ports, gate)
    assert not opened(vault, "old", ports, gate)
    assert vault.reads == 2


class Choosy(MemoryQueues):
    """Takes all but the last."""

    def send_many(self, queue: Any, bodies: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        super().send_many(queue, bodies[:-1])
        return [len(bodies) - 1]


def test_a_message_that_the_queue_did_not_take_makes_smn_try_again(
    key: Key, ports: MemoryPorts, gate: PushChecks
) -> None:
    choosy = replace(ports, queues=Choosy(ports.clock))
    answer = receive_push(post(notification(key, created("a.vhd"), created("b.vhd"))), choosy, gate)
    assert answer.status == 503
    assert said(answer)["error"] == "the queue did not take 1 of 2 messages"


def test_whatever_breaks_makes_smn_try_again_and_shows_no_trace(key: Key, ports: MemoryPorts, gate: PushChecks) -> None:
    ports.queues.fail("send_many", RuntimeError("arn:aws:sqs:secret-place"), None)
    answer = receive_push(post(signed(key, unsigned())), ports, gate)
    assert answer.status == 503
    assert "secret-place" not in answer.body
    assert ports.meter.counts == {"PushesDelayed": 1}
    assert receive_push(post(signed(key, unsigned())), ports, gate).status == 200


def unreadable(secret_id: str) -> str:
    raise RuntimeError("throttled")


def test_a_secret_that_cannot_be_read_now_means_later(ports: MemoryPorts, gate: PushChecks) -> None:
    answer = receive_push(post(DROP, x_imagedrop_secret=SECRET), ports, replace(gate, secret=unreadable))
    assert answer.status == 503


@pytest.mark.parametrize("kind", ["Notification", "SubscriptionConfirmation"])
def test_an_address_that_does_not_answer_means_later(
    kind: str, key: Key, ports: MemoryPorts, gate: PushChecks, web: Web
) -> None:
    address = CERTIFICATE if kind == "Notification" else CONFIRM
    page, web.pages[address] = web.pages[address], FetchFailed("HTTP 302")
    push = post(signed(key, unsigned(kind)))
    answer = receive_push(push, ports, gate)
    assert answer.status == 503
    assert "token" not in answer.body
    web.pages[address] = page
    assert receive_push(push, ports, gate).status == 200


def test_a_missing_bucket_setting_loses_no_push(key: Key, gate: PushChecks) -> None:
    ports = memory_ports(memory_settings(smn_topic_urn=TOPIC))
    ports = replace(ports, settings=memory_settings(smn_topic_urn=TOPIC, drop_bucket=""))
    answer = receive_push(post(signed(key, unsigned())), ports, gate)
    assert answer.status == 503
    assert "IMAGEDROP_DROP_BUCKET" in said(answer)["error"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(unsigned())), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=st.dictionaries(st.sampled_from([*sorted(unsigned()), "signature"]), JSON, max_size=3), body=JSON)
def test_no_body_is_answered_with_trouble_or_taken_unsigned(
    changes: dict[str, Any], body: Any, ports: MemoryPorts, gate: PushChecks
) -> None:
    for one in (body, unsigned() | changes):
        answer = receive_push(post(one), ports, gate)
        assert answer.status in (200, 400, 401, 403)
        said(answer)
    assert ports.queues.bodies("drops") == []
