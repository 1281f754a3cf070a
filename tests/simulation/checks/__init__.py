"""What must hold of every history, whatever goes wrong in it.

rows      stages, attempts, generations, one live drop a key, every end in time      images    one, and the right one
telling   every end told, and how often                                              over      nothing is left
"""

from __future__ import annotations

from typing import Any

from imagedrop.domain.drop import Channel, Drop
from imagedrop_local.memory import MemoryPorts, SettableClock
from tests.simulation.checks.final_state import over
from tests.simulation.checks.history_record import Book
from tests.simulation.checks.images import OneImage
from tests.simulation.checks.notices import Telling
from tests.simulation.checks.rows import Rows
from tests.simulation.ims_network import ImsSide
from tests.simulation.workers import Worker


class Checks:
    def __init__(self, ports: MemoryPorts, clock: SettableClock, side: ImsSide) -> None:
        self.book = Book(ports, clock)
        self.images = OneImage(self.book, side)
        self.rows, self.telling = Rows(self.book), Telling(self.book)

    def written(self, after: Drop, worker: Worker | None) -> None:
        before = self.book.rows.get(after.drop_id)
        if self.rows.written(after, worker):
            self.images.moved(before, after)
        self.telling.written(after)

    def tell(self, channel: Channel, body: dict[str, Any], worker: Worker | None) -> None:
        self.telling.tell(channel, body, worker)

    def finish(self) -> list[str]:
        self.telling.finish()
        over(self.book)
        return self.book.broken
