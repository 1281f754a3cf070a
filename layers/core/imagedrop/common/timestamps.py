"""Timestamps as text: UTC, ISO 8601, milliseconds, all of one width, so that they sort as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def format_timestamp(time: datetime) -> str:
    """`2026-11-24T13:00:00.123Z`."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


def parse_timestamp(text: str) -> datetime:
    return datetime.fromisoformat(text)


def add_seconds(text: str, seconds: float) -> str:
    return format_timestamp(parse_timestamp(text) + timedelta(seconds=seconds))


def seconds_between(earlier: str, now: datetime) -> float:
    return (now - parse_timestamp(earlier)).total_seconds()
