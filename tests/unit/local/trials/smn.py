"""Trials of the switches of SMN."""

from __future__ import annotations

from tests.support.smn_client_helper import SimulatedSmn
from tests.unit.local.trials.trial import Trial


def _attempts_at_once(smn: SimulatedSmn) -> int:
    smn.status = None
    smn.publish()
    return smn.deliver_due()


def _time_for_an_answer(smn: SimulatedSmn) -> float:
    smn.publish()
    smn.deliver_due()
    return smn.pushes[0].seconds


def _after_a_failure(smn: SimulatedSmn, ahead: float) -> int:
    """The number of pushes of a second message, `ahead` seconds after the first was given up."""
    smn.status = 503
    smn.publish()
    smn.deliver_due()
    smn.seconds += ahead
    smn.publish()
    return smn.deliver_due()


def _empty_subject(smn: SimulatedSmn) -> tuple[bool, bool]:
    """Whether the body has the subject, and whether it is signed."""
    smn.publish(subject="")
    smn.deliver_due()
    (push,) = smn.pushes
    body = push.body
    head, tail = f"message\nm\nmessage_id\n{body['message_id']}\n", f"timestamp\n{body['timestamp']}\ntopic_urn\n"
    tail += f"{smn.urn}\ntype\nNotification\n"
    plain, with_subject = smn.signs(push, head + tail), smn.signs(push, f"{head}subject\n\n{tail}")
    assert plain != with_subject
    return "subject" in body, with_subject


def _header(smn: SimulatedSmn) -> bool:
    smn.publish()
    smn.deliver_due()
    return "X-SMN-SUBSCRIPTION-URN" in smn.pushes[0].headers


TRIALS: dict[str, Trial] = {
    "smn_retry_interval": Trial(_attempts_at_once, {2: 1, 0: 7}),
    "smn_push_timeout": Trial(_time_for_an_answer, {5: 5, 1: 1}),
    "smn_blacklist_after": Trial(lambda smn: _after_a_failure(smn, 0), {None: 7, 1: 0}, {"smn_retry_interval": 0}),
    "smn_blacklist_time": Trial(
        lambda smn: _after_a_failure(smn, 299), {300: 0, 60: 7}, {"smn_retry_interval": 0, "smn_blacklist_after": 1}
    ),
    "smn_longest_life": Trial(lambda smn: smn.publish(time_to_live="604800"), {86400: 400, 604800: 200}),
    "smn_empty_subject": Trial(
        _empty_subject, {"omitted": (False, False), "signed": (True, True), "unsigned": (True, False)}
    ),
    "smn_subscription_header": Trial(_header, {False: False, True: True}),
}
