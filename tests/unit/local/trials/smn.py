"""SMN: each looks at an SmnDesk."""

from __future__ import annotations

from tests.support.smn_client_helper import SmnDesk
from tests.unit.local.trials.trial import Trial


def _tries_at_once(desk: SmnDesk) -> int:
    desk.status = None
    desk.publish()
    return desk.turns()


def _time_for_an_answer(desk: SmnDesk) -> float:
    desk.publish()
    desk.turns()
    return desk.pushes[0].seconds


def _after_a_failure(desk: SmnDesk, ahead: float) -> int:
    """Pushes of a second message, `ahead` s after the first has been given up."""
    desk.status = 503
    desk.publish()
    desk.turns()
    desk.seconds += ahead
    desk.publish()
    return desk.turns()


def _empty_subject(desk: SmnDesk) -> tuple[bool, bool]:
    """Whether it is shown, and whether it is signed."""
    desk.publish(subject="")
    desk.turns()
    (push,) = desk.pushes
    body = push.body
    head, tail = f"message\nm\nmessage_id\n{body['message_id']}\n", f"timestamp\n{body['timestamp']}\ntopic_urn\n"
    tail += f"{desk.urn}\ntype\nNotification\n"
    plain, with_subject = desk.signs(push, head + tail), desk.signs(push, f"{head}subject\n\n{tail}")
    assert plain != with_subject
    return "subject" in body, with_subject


def _header(desk: SmnDesk) -> bool:
    desk.publish()
    desk.turns()
    return "X-SMN-SUBSCRIPTION-URN" in desk.pushes[0].headers


TRIALS: dict[str, Trial] = {
    "smn_retry_interval": Trial(_tries_at_once, {2: 1, 0: 7}),
    "smn_push_timeout": Trial(_time_for_an_answer, {5: 5, 1: 1}),
    "smn_blacklist_after": Trial(lambda desk: _after_a_failure(desk, 0), {None: 7, 1: 0}, {"smn_retry_interval": 0}),
    "smn_blacklist_time": Trial(
        lambda desk: _after_a_failure(desk, 299), {300: 0, 60: 7}, {"smn_retry_interval": 0, "smn_blacklist_after": 1}
    ),
    "smn_longest_life": Trial(lambda desk: desk.publish(time_to_live="604800"), {86400: 400, 604800: 200}),
    "smn_empty_subject": Trial(
        _empty_subject, {"omitted": (False, False), "signed": (True, True), "unsigned": (True, False)}
    ),
    "smn_subscription_header": Trial(_header, {False: False, True: True}),
}
