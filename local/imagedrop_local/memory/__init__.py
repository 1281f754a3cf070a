"""The ports in memory, for tests and simulations. They behave like the adapters: tests/contract tests both.

Every fake counts its calls (`calls`) and can be told to fail (`fail`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from imagedrop.ports import Ports
from imagedrop.settings import Settings
from imagedrop_local.memory.channels import MemoryMail, MemoryMeter, MemoryTopic
from imagedrop_local.memory.fake_clock import RecordedSleep, SettableClock
from imagedrop_local.memory.images import MemoryImages
from imagedrop_local.memory.ledger import MemoryLedger
from imagedrop_local.memory.objects import MemoryObjects
from imagedrop_local.memory.queues import MemoryQueues

__all__ = [
    "MemoryImages",
    "MemoryLedger",
    "MemoryMail",
    "MemoryMeter",
    "MemoryObjects",
    "MemoryPorts",
    "MemoryQueues",
    "MemoryTopic",
    "RecordedSleep",
    "SettableClock",
    "memory_ports",
    "memory_settings",
]


@dataclass(frozen=True)
class MemoryPorts(Ports):
    settings: Settings
    objects: MemoryObjects
    images: MemoryImages
    ledger: MemoryLedger
    queues: MemoryQueues
    topic: MemoryTopic
    mail: MemoryMail
    meter: MemoryMeter
    clock: SettableClock
    random: random.Random
    sleep: RecordedSleep


def memory_settings(**changes: Any) -> Settings:
    """Settings without the names of AWS resources, which the fakes do not need."""
    defaults: dict[str, Any] = {
        "region": "cn-north-4",
        "project_id": "0123456789abcdef0123456789abcdef",
        "drop_bucket": "drops",
        "declarations_accepted": True,
        "mail_from": "imagedrop@example.com",
        "operator_mail": "operator@example.com",
    }
    return Settings(**defaults | changes)


def memory_ports(settings: Settings | None = None, **overrides: Any) -> MemoryPorts:
    """Fakes that share one clock, with the drop bucket created. `overrides` replaces single ports."""
    settings = settings or memory_settings()
    clock: SettableClock = overrides.get("clock") or SettableClock()
    ports: dict[str, Any] = {
        "settings": settings,
        "objects": MemoryObjects(clock, settings.drop_bucket, region=settings.region),
        "images": MemoryImages(clock),
        "ledger": MemoryLedger(),
        "queues": MemoryQueues(clock),
        "topic": MemoryTopic(),
        "mail": MemoryMail(),
        "meter": MemoryMeter(),
        "clock": clock,
        "random": random.Random(0),  # noqa: S311 - jitter needs no secrecy
        "sleep": RecordedSleep(clock),
    }
    return MemoryPorts(**ports | overrides)
