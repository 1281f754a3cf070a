"""What a record in an event can turn out to be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectCreated:
    """An object was written. `key` decoded; `etag` without quotes; `size` in bytes; `time` UTC, ISO 8601.

    Only bucket and key are sure, and the rest is hearsay: what counts is what a HEAD of the object says.
    `after_attempt` is only in our own messages: the attempt that ended before this one was asked for.
    """

    bucket: str
    key: str
    etag: str | None = None
    size: int | None = None
    time: str | None = None
    event_id: str | None = None
    after_attempt: int | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Well-formed and of no concern to us: a removal, a test notification, another service's event."""

    reason: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Bad:
    """Not to be understood. `at` is where in the body: `.Records[3].body.obs`."""

    reason: str
    at: str = ""


Outcome = ObjectCreated | Ignored | Bad
