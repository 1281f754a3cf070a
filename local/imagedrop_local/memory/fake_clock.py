"""A clock that moves only when a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 24, 13, 0, 0, tzinfo=UTC)


class SettableClock:
    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def seconds(self) -> float:
        """Since the epoch."""
        return self.now.timestamp()


class RecordedSleep:
    """Records the sleeps; moves the clock, if it has one."""

    def __init__(self, clock: SettableClock | None = None) -> None:
        self.slept: list[float] = []
        self._clock = clock

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self._clock is not None:
            self._clock.advance(seconds)
