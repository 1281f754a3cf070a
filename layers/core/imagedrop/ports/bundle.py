"""All ports of one process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imagedrop.ports.images import Images
from imagedrop.ports.ledger import Ledger
from imagedrop.ports.messaging import Mail, Meter, Queues, Topic
from imagedrop.ports.objects import Objects
from imagedrop.ports.system import Clock, Random, RunParallel, Sleep, TimeLeft, run_in_sequence, unlimited_time

if TYPE_CHECKING:
    from imagedrop.settings import Settings


@dataclass(frozen=True)
class Ports:
    """Everything that a handler needs from outside."""

    settings: Settings
    objects: Objects
    images: Images
    ledger: Ledger
    queues: Queues
    topic: Topic
    mail: Mail
    meter: Meter
    clock: Clock
    random: Random
    sleep: Sleep
    run_parallel: RunParallel = run_in_sequence
    time_left: TimeLeft = unlimited_time
