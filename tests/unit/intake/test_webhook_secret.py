"""The secret in a header of the push."""

from __future__ import annotations

from dataclasses import replace

from imagedrop.intake import webhook_secret
from imagedrop.intake.receive import PushChecks, receive_push
from imagedrop_local.memory import MemoryPorts, memory_ports, memory_settings
from tests.unit.intake.pushes import (
    DROP,
    SECRET,
    SECRET_ID,
    TOPIC,
    post,
)


def test_secret_header_is_refused_when_no_secret_is_configured(checks: PushChecks) -> None:
    ports = memory_ports(memory_settings(smn_topic_urn=TOPIC))
    for secret in ("", SECRET):
        assert receive_push(post(DROP, x_imagedrop_secret=secret), ports, checks).status == 401


def test_empty_secret_matches_nothing(ports: MemoryPorts, checks: PushChecks) -> None:
    checks = replace(checks, secret=RotatingSecret(" \n").secret)
    for given_secret in (" ", "\n", " \n"):
        assert receive_push(post(DROP, x_imagedrop_secret=given_secret), ports, checks).status == 401


def test_empty_value_matches_no_secret() -> None:
    assert not webhook_secret.matches("", "a\n\nb\n")
    assert webhook_secret.matches("b", "a\n\nb\n")


class RotatingSecret:
    """A secret that is rotated while the process has the old value cached. `reads`: calls of `renew`."""

    def __init__(self, *values: str) -> None:
        self.values, self.kept, self.reads = list(values), values[0], 0

    def secret(self, secret_id: str) -> str:
        return {SECRET_ID: self.kept}[secret_id]

    def renew(self, secret_id: str) -> bool:
        self.reads += 1
        old, self.kept = self.kept, self.values[-1]
        return self.kept != old


def is_accepted(rotating: RotatingSecret, given: str, ports: MemoryPorts, checks: PushChecks) -> bool:
    checks = replace(checks, secret=rotating.secret, renew=rotating.renew)
    return receive_push(post(DROP, x_imagedrop_secret=given), ports, checks).status == 200


def test_both_lines_of_a_secret_are_accepted(ports: MemoryPorts, checks: PushChecks) -> None:
    rotating = RotatingSecret("old secret\r\nnew secret\n\n")
    assert is_accepted(rotating, "old secret", ports, checks)
    assert is_accepted(rotating, "new secret", ports, checks)
    assert not is_accepted(rotating, "old secret\r\nnew secret", ports, checks)
    assert not is_accepted(rotating, "secret", ports, checks)


def test_secret_is_read_again_when_it_does_not_match(ports: MemoryPorts, checks: PushChecks) -> None:
    rotating = RotatingSecret("old", "new")
    assert is_accepted(rotating, "old", ports, checks)
    assert rotating.reads == 0
    assert is_accepted(rotating, "new", ports, checks)
    assert not is_accepted(rotating, "old", ports, checks)
    assert rotating.reads == 2


def unreadable(secret_id: str) -> str:
    raise RuntimeError("throttled")


def test_push_is_answered_with_503_when_the_secret_cannot_be_read(ports: MemoryPorts, checks: PushChecks) -> None:
    response = receive_push(post(DROP, x_imagedrop_secret=SECRET), ports, replace(checks, secret=unreadable))
    assert response.status == 503
