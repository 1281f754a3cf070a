"""SNS, SES and CloudWatch in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from imagedrop.ports import MailRefused
from imagedrop_local.memory.scripted_faults import ScriptedFaults


@dataclass(frozen=True)
class Published:
    subject: str
    body: str
    attributes: Mapping[str, str]


class MemoryTopic(ScriptedFaults):
    def __init__(self) -> None:
        super().__init__()
        self.published: list[Published] = []

    def publish(self, subject: str, body: str, attributes: Mapping[str, str]) -> None:
        with self._call("publish"):
            self.published.append(Published(subject, body, dict(attributes)))


@dataclass(frozen=True)
class Sent:
    to: str
    subject: str
    text: str
    html: str


class MemoryMail(ScriptedFaults):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Sent] = []
        self.refused: set[str] = set()  # addresses that SES refuses permanently

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        with self._call("send"):
            if to in self.refused:
                raise MailRefused(f"no mail to {to}")
            self.sent.append(Sent(to, subject, text, html))


class MemoryMeter:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, name: str, value: int = 1) -> None:
        self.counts[name] += value
